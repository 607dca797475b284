/**
 * Converts formulas to MathML, which browsers show without scripts and fonts.
 * Reads [[TeX, whether it has its own line], ...] as JSON, and writes the list of their MathML.
 */
import { readFileSync } from "node:fs";
import katex from "katex";

const formulas = JSON.parse(readFileSync(0, "utf8"));
try {
  const rendered = formulas.map(([tex, display]) =>
    katex.renderToString(tex, {
      displayMode: display,
      output: "mathml",
      throwOnError: true,
    }),
  );
  process.stdout.write(JSON.stringify(rendered));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
