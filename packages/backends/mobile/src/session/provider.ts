/** An execution provider by the name React Native's binding gives it, or with options that it passes on. */
export type MobileProvider = MobileProviderName | ({ readonly name: MobileProviderName } & Readonly<Record<string, string | number | boolean>>);

export type MobileProviderName = "cpu" | "xnnpack" | "nnapi" | "coreml" | "qnn";
