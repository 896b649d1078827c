const gibibyte = 2 ** 30;

/** WebAssembly addresses 4 GiB; the runtime's code and the gaps between its blocks take their share of it. */
const addressable = 3.5 * gibibyte;

/** `navigator`; only some browsers say how many GiB the device has, in coarse steps. */
type Device = object & { readonly deviceMemory?: number };

/** What a page should not exceed: WebAssembly's bound, or half of the device's memory where the browser tells it. */
export function memoryLimit(device: Device = globalThis.navigator ?? {}): number {
  return Math.min(addressable, (device.deviceMemory ?? Number.POSITIVE_INFINITY) * gibibyte * 0.5);
}
