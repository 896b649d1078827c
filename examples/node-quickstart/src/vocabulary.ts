import type { Split } from "./split.ts";

export interface Vocabulary {
  readonly words: readonly string[];
  readonly names: readonly string[];
  readonly months: readonly string[];
  readonly currencies: readonly string[];
  readonly units: readonly string[];
  readonly domains: readonly string[];
}

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const vocabularies: Readonly<Record<Split, Vocabulary>> = {
  calibration: {
    words: list(`
      about account across active advice almost amount answer autumn balance basket before behind better bottle branch
      bridge bright broken butter camera carbon castle center change cheese circle client coffee common copper cotton
      couple create dealer decade degree device dinner doctor double driver during editor effort either energy engine
      enough evening export fabric family farmer father figure filter flight follow forest friend garden gather golden
      ground growth guitar handle harbor health height helpful honest hotel hundred island jacket junior kitchen ladder
      leader letter listen little machine manager market master memory middle mirror modern moment morning museum`),
    names: list("Alder Bristol Calder Dorset Elgin Fulton Grafton Hudson Iona Jasper Kelvin Lindsay Marlow Norfolk Orwell"),
    months: list("January February March April May June"),
    currencies: list("USD EUR JPY"),
    units: list("km kg mm ml"),
    domains: list("com org"),
  },
  evaluation: {
    words: list(`
      nation nearly needle notice number object office option orange order output oxygen packet palace parcel patent
      pencil people period person planet player please pocket police powder prefer pretty printer prize product profit
      public purple quality quarter question rabbit random rather reason record region remote repair report rescue
      return ribbon river rocket sample school season second secret select senior series server shadow signal silver
      simple sister smooth social source spring square stable station street strong studio summer supply switch symbol
      system tablet talent target temple theory ticket timber tissue travel tunnel update useful valley vessel village
      volume wallet warning weekly window winter wonder worker yellow zebra`),
    names: list("Quincy Ramsey Selby Thorpe Ulster Vernon Walton Xavier Yardley Zurich Paxton Oakham Newton Milton Lawson"),
    months: list("July August September October November December"),
    currencies: list("GBP CHF SEK"),
    units: list("cm lb oz mg"),
    domains: list("net io"),
  },
};
