package io.wadi.cli;

import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** {@code wadi}: runs the pipeline if no command is given. */
@Command(
        name = "wadi",
        versionProvider = Cli.VersionText.class,
        description = {
            "An event pipeline from HTTP through Kafka to HDFS and Elasticsearch.",
            "Without COMMAND it runs the pipeline until SIGTERM or Ctrl-C."
        },
        synopsisHeading = "Usage: ",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes of the pipeline; COMMAND --help has those of a command:%n",
        exitCodeList = {
            "0:stopped; all work in flight was finished",
            "1:not started, for another reason than those below",
            "2:stopped with unfinished work, which the next start repeats",
            "3:out of memory, or another fatal error of the JVM",
            "64:the arguments are invalid",
            "66:a file or directory of the configuration cannot be read",
            "69:a port is in use by another process, or the names of the Kafka servers cannot be resolved",
            "78:the configuration, or a jar in lib/, is invalid, or Kafka's brokers are older than supported"
        },
        footer = {"", "Commands read the configuration of the pipeline: the directory of --config, and the environment."
        })
final class RootCommand implements Runnable {
    private final Consumer<Path> pipeline;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = "Directory of application.properties, topics.yaml, routes/ (default: .)")
    private Path configuration;

    RootCommand(Consumer<Path> pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public void run() {
        pipeline.accept(configuration == null ? Path.of(".") : configuration);
    }

    /** Runs the last subcommand of the command line. */
    static int execute(ParseResult parsed) {
        if (parsed.hasSubcommand() && parsed.hasMatchedOption("--config")) {
            throw new ParameterException(parsed.commandSpec().commandLine(), "--config must follow the command");
        }
        return new RunLast().execute(parsed);
    }
}
