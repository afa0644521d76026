package io.wadi.cli;

import io.wadi.landing.LandingSettings;
import io.wadi.landing.compaction.Compaction;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi compact}: merges small landed files into larger ones, concurrently with landing and readers. */
@Command(
        description = "Merges small landed files into larger ones, concurrently with landing and readers.",
        exitCodeList = {
            "0:done",
            "1:some files could not be merged; the output lists them",
            "2:the command failed, or the arguments are invalid"
        })
final class CompactCommand extends OperatorCommand {
    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic;

    @Option(
            names = "--below",
            paramLabel = "SIZE",
            defaultValue = "64MiB",
            converter = OptionValues.Size.class,
            description = "Files smaller than this are merged (default: ${DEFAULT-VALUE})")
    private long below;

    @Option(
            names = "--to",
            paramLabel = "SIZE",
            defaultValue = "128MiB",
            converter = OptionValues.Size.class,
            description = "Size of the merged files (default: ${DEFAULT-VALUE})")
    private long to;

    @Option(names = "--dry-run", description = "Prints what would be merged and merges nothing.")
    private boolean dryRun;

    @Option(names = "--group", paramLabel = "NAME", description = "Landing's group (default: wadi.landing.group)")
    private String group;

    @Mixin
    private PipelineOptions pipeline;

    CompactCommand(Terminal terminal) {
        super(terminal, "Could not compact");
    }

    @Override
    public Integer call() throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            Settings settings = configured.settings();
            Compaction compaction = new Compaction(
                    configured.hdfs(),
                    settings.get(LandingSettings.DIRECTORY),
                    settings.get(WadiSettings.LANDING_REPLICATION).shortValue(),
                    settings.get(LandingSettings.BLOCK_SIZE),
                    settings.get(LandingSettings.FILE_GROUP),
                    configured.kafka().observerProperties(group != null ? group : settings.get(LandingSettings.GROUP)));
            boolean all = compaction.run(topic, below, to, dryRun, line -> {
                out().println(line);
                out().flush();
            });
            return all ? 0 : 1;
        }
    }
}
