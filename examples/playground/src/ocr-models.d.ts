declare module "ocr-models/*?url" {
  const url: string;
  export default url;
}
