/** Metro answers with the number of an asset. */
declare function require(path: string): number;
