export { checkProvider, type NodeElsewhere, type ProviderCheck } from "./check/check-provider.ts";
export { type MobileBackendOptions, mobileBackend } from "./mobile-backend.ts";
export { formatPackCard, type PackCard, type PackedFile, parsePackCard } from "./pack/card.ts";
export { requiredOperators } from "./pack/required-operators.ts";
export type { MobileProvider, MobileProviderName } from "./session/provider.ts";
export { mobileCoreml, mobileNnapi, mobileQnn, mobileTargets, mobileXnnpack, providerTable } from "./target/mobile-targets.ts";
export type { Cited, Fusion, MobileTargetName, Need, ProviderOperator, ProviderTable } from "./target/provider-table.ts";
