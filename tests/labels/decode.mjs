// Reads every barcode of the PNG files named as arguments with zxing-cpp (npm zxing-wasm) and prints one
// JSON line a file: [{ symbology, format, text, top, left }, …], top to bottom. Decodes only; judging is
// the tests' work.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(here, "..", "npm", "package.json"));
const entry = require.resolve("zxing-wasm/reader");
const { prepareZXingModule, readBarcodes } = await import(pathToFileURL(entry));
const wasmBinary = readFileSync(require.resolve("zxing-wasm/reader/zxing_reader.wasm"));
await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

for (const file of process.argv.slice(2)) {
  const found = await readBarcodes(new Blob([readFileSync(file)]), {
    formats: ["Code128", "QRCode"],
    tryHarder: true,
    tryRotate: false,
    maxNumberOfSymbols: 16,
    textMode: "Plain",
  });
  const codes = found
    .filter((code) => code.isValid)
    .map((code) => ({
      symbology: code.symbologyIdentifier,
      format: code.format,
      text: code.text,
      top: Math.round(code.position.topLeft.y),
      left: Math.round(code.position.topLeft.x),
    }))
    .sort((a, b) => a.top - b.top || a.left - b.left);
  console.log(JSON.stringify(codes));
}
