/** The models of the table and how many evaluation samples there are of each; fonts and texts for lines do not run out. */
export const models: Readonly<Record<string, number>> = {
  "mobilevit-imagenette": 800,
  "mobilevitv2-imagenette": 800,
  "mobilevit-xxs-flowers": 400,
  "vit-tiny-patch16-224": 700,
  "pp-ocrv4-rec": 800,
};
