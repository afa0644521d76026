package io.wadi.cli;

import io.wadi.landing.LandingSettings;
import io.wadi.landing.audit.Audit;
import io.wadi.landing.audit.AuditReport;
import io.wadi.landing.audit.AuditText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi audit}: checks that each offset of a topic has landed exactly once. */
@Command(
        description = {
            "Checks that each offset of a topic has landed in HDFS once, partition by partition.",
            "The first line of the report is the result."
        },
        exitCodeList = {
            "0:each offset has landed once",
            "1:offsets are missing, duplicated or different",
            "2:the audit failed, or the arguments are invalid"
        })
final class AuditCommand extends OperatorCommand {
    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic;

    @Option(names = "--deep", description = "Compares each line with the record in Kafka.")
    private boolean deep;

    @Option(names = "--group", paramLabel = "NAME", description = "Landing's group (default: wadi.landing.group)")
    private String group;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Mixin
    private PipelineOptions pipeline;

    AuditCommand(Terminal terminal) {
        super(terminal, "Could not audit");
    }

    @Override
    public Integer call() throws Exception {
        AuditReport report;
        try (CommandConfiguration configured = pipeline.read()) {
            Audit audit = new Audit(
                    configured.hdfs(),
                    configured.get(LandingSettings.DIRECTORY),
                    configured
                            .kafka()
                            .observerProperties(group != null ? group : configured.get(LandingSettings.GROUP)),
                    configured.kafka().adminProperties());
            report = audit.run(topic, deep);
        }
        print(json, report, () -> AuditText.of(report).forEach(out()::println));
        return report.sound() ? 0 : 1;
    }
}
