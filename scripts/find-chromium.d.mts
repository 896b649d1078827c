export declare const chromiumArguments: string[];
export declare function findChromium(environment: Readonly<Record<string, string | undefined>>): string | undefined;
