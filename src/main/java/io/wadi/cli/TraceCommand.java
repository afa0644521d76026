package io.wadi.cli;

import io.wadi.indexing.IndexedTarget;
import io.wadi.ingest.receipts.Receipt;
import io.wadi.ingest.receipts.ReceiptState;
import io.wadi.ingest.receipts.ReceiptStates;
import io.wadi.kafka.records.RecordText;
import io.wadi.kafka.targets.RecordTarget;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi trace}: prints where the record of a receipt has arrived. */
@Command(
        description = {
            "Prints where a record has arrived: its file in HDFS, its document, or its dead letter.",
            "It prints the same state as GET /receipts/{topic}/{partition}/{offset}."
        },
        exitCodeList = {
            "0:the record has arrived in all configured targets, or never will",
            "1:the record has not arrived in all targets yet",
            "2:the record never existed, the command failed, or the arguments are invalid"
        })
final class TraceCommand extends OperatorCommand {
    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic;

    @Parameters(paramLabel = "PARTITION", converter = OptionValues.Whole.class, description = "The partition.")
    private Long partition;

    @Parameters(paramLabel = "OFFSET", converter = OptionValues.Offset.class, description = "The offset.")
    private Long offset;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = OptionValues.Wait.class,
            description = "Waits for at most this time, such as 30s, until the record has arrived in all targets.")
    private Duration wait = Duration.ZERO;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Mixin
    private PipelineOptions pipeline;

    TraceCommand(Terminal terminal) {
        super(terminal, "Could not trace the record");
    }

    @Override
    public Integer call() throws Exception {
        Receipt receipt = new Receipt(new TopicPartition(topic, partition.intValue()), offset);
        ReceiptState state = find(receipt)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s: Kafka has no such partition, or the offset is not written yet".formatted(receipt)));
        print(json, state.fields(), () -> print(receipt, state));
        return state.isFinal() ? 0 : 1;
    }

    private Optional<ReceiptState> find(Receipt receipt) throws Exception {
        try (CommandConfiguration configured = pipeline.read();
                IndexedTarget indexed = configured.indexedTarget()) {
            Set<RecordTarget> targets = Set.of(configured.landedTarget(), indexed);
            try (ReceiptStates states =
                    ReceiptStates.of(configured.kafka(), configured.camel(), () -> targets, configured.settings())) {
                return states.await(receipt, wait);
            }
        }
    }

    private void print(Receipt receipt, ReceiptState state) {
        String gone = state.problem() == null ? "no longer in Kafka" : state.problem();
        out().println("%s  %s".formatted(receipt, state.timestamp() == null ? gone : state.timestamp()));
        state.targets()
                .forEach((name, target) -> out().println("%-8s %-15s %s"
                        .formatted(name, target.progress().text(name), RecordText.inLine(text(target.fields())))
                        .stripTrailing()));
        if (state.deadLetter() != null) {
            out().println("dead letter %s of route %s: %s"
                    .formatted(
                            state.deadLetter().at(),
                            RecordText.inLine(state.deadLetter().route()),
                            RecordText.inLine(state.deadLetter().reason())));
        }
    }

    private static String text(Map<String, Object> fields) {
        return fields.entrySet().stream()
                .filter(each -> each.getValue() != null)
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(" "));
    }
}
