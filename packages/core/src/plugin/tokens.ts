import type { InjectionToken } from "tsyringe";
import type { Backend, QuantMethod, Target } from "../spec/index.ts";

/** Makes a method from the options a configuration file or the command line gives. */
export type MethodFactory = (options?: Readonly<Record<string, unknown>>) => QuantMethod;

/** A named thing a plugin brings. */
export interface Named<Thing> {
  readonly name: string;
  readonly thing: Thing;
}

export const methodToken: InjectionToken<Named<MethodFactory>> = "halftone:method";
export const targetToken: InjectionToken<Named<() => Target | Promise<Target>>> = "halftone:target";
export const backendToken: InjectionToken<Named<() => Backend>> = "halftone:backend";
