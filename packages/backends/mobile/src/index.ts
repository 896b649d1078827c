export { type MobileBackendOptions, mobileBackend } from "./mobile-backend.ts";
export type { MobileProvider, MobileProviderName } from "./session/provider.ts";
export { mobileCoreml, mobileNnapi, mobileQnn, mobileTargets, mobileXnnpack, providerTable } from "./target/mobile-targets.ts";
export type { Cited, Fusion, MobileTargetName, Need, ProviderOperator, ProviderTable } from "./target/provider-table.ts";
