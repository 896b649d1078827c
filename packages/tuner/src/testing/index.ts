export { describeStore, type StoreUnderTest } from "./describe-store.ts";
export { type DescribeStrategyOptions, describeStrategy } from "./describe-strategy.ts";
