/**
 * Turns formulas into MathML, which browsers draw themselves: no script, no fonts.
 * Reads [[TeX, whether it stands alone], ...] as JSON and writes the MathML of each.
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
