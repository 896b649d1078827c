import { useState } from "react";
import { Button, SafeAreaView, ScrollView, StyleSheet, Text, View } from "react-native";
import { packedModels } from "./assets.ts";
import { quantizeHere } from "./quantize-here.ts";
import { type ModelRun, runModel } from "./run-model.ts";
import { loadSamples, type Sample } from "./samples.ts";

interface Comparison {
  readonly samples: readonly Sample[];
  readonly float: ModelRun;
  readonly int8: ModelRun;
}

export function App() {
  const [comparison, setComparison] = useState<Comparison>();
  const [message, setMessage] = useState("");

  const attempt = (work: () => Promise<string>) => () => {
    setMessage("…");
    work().then(setMessage, (error: unknown) => setMessage(String(error)));
  };
  const compare = attempt(async () => {
    const samples = await loadSamples();
    const { float, int8 } = packedModels();
    setComparison({ samples, float: await runModel(float, samples), int8: await runModel(int8, samples) });
    const { provider, check } = int8.card;
    return `${provider} was foretold ${check.onProvider} of ${check.nodes} nodes`;
  });
  const quantizeOnPhone = attempt(async () => quantizeHere(await loadSamples(), setMessage));

  return (
    <SafeAreaView style={styles.page}>
      <View style={styles.buttons}>
        <Button title="Compare" onPress={compare} />
        <Button title="Quantize here" onPress={quantizeOnPhone} />
      </View>
      <Text style={styles.line}>{message}</Text>
      {comparison && <Results {...comparison} />}
    </SafeAreaView>
  );
}

const names = ["upright", "upside down"];

function Results({ samples, float, int8 }: Comparison) {
  const right = ({ classes }: ModelRun) => classes.filter((each, index) => each === samples[index]!.label).length;
  return (
    <ScrollView>
      <Row cells={["", "float", "int8"]} />
      <Row cells={["right", `${right(float)} of ${samples.length}`, `${right(int8)} of ${samples.length}`]} />
      <Row cells={["median", `${float.medianMilliseconds.toFixed(1)} ms`, `${int8.medianMilliseconds.toFixed(1)} ms`]} />
      <Row cells={["file", `${float.kilobytes.toFixed(0)} KB`, `${int8.kilobytes.toFixed(0)} KB`]} />
      <Row cells={["on", float.providers.join(", "), int8.providers.join(", ")]} />
      {samples.map(({ label }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: samples have no other name, and never move
        <Row key={index} cells={[`${index + 1}: ${names[label]}`, names[float.classes[index]!]!, names[int8.classes[index]!]!]} />
      ))}
    </ScrollView>
  );
}

function Row({ cells }: { readonly cells: readonly string[] }) {
  return (
    <View style={styles.row}>
      {cells.map((cell, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name, and never move
        <Text key={column} style={styles.cell}>
          {cell}
        </Text>
      ))}
    </View>
  );
}

const styles = StyleSheet.create({
  page: { flex: 1, padding: 16 },
  buttons: { flexDirection: "row", justifyContent: "space-evenly", paddingVertical: 24 },
  line: { padding: 8, textAlign: "center" },
  row: { flexDirection: "row", paddingVertical: 4 },
  cell: { flex: 1 },
});
