package io.wadi.cli;

import io.wadi.extension.worker.ConnectWorker;
import io.wadi.extension.worker.WorkerErrors;
import io.wadi.runtime.config.SettingsException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code wadi connect}: runs Kafka Connect's worker. */
@Command(
        description = {
            "Runs Kafka Connect's worker until SIGTERM or Ctrl-C: distributed if its file has a group.id, otherwise standalone.",
            "The files are those of connect-distributed.sh and connect-standalone.sh."
        },
        exitCodeList = {
            "0:stopped by SIGTERM or Ctrl-C",
            "1:the worker failed after its start; standard error has the reason",
            "2:the worker or a connector did not start, or the arguments are invalid"
        })
final class ConnectCommand extends OperatorCommand {
    static final String NAME = "connect";

    @Parameters(index = "0", paramLabel = "WORKER_FILE", description = "The worker's properties.")
    private Path file;

    @Parameters(
            index = "1..*",
            paramLabel = "CONNECTOR_FILE",
            description = "Connectors of a standalone worker, as properties or JSON.")
    private List<Path> connectors = List.of();

    ConnectCommand(Terminal terminal) {
        super(terminal, "The Connect worker failed");
    }

    @Override
    public Integer call() {
        try {
            return ConnectWorker.run(file, connectors, this::fail);
        } catch (SettingsException e) {
            e.mistakes().forEach(terminal().err()::println);
        } catch (RuntimeException e) {
            fail(WorkerErrors.reason(e));
        }
        return ConnectWorker.NOT_STARTED;
    }

    private void fail(String reason) {
        terminal().err().println(failure() + ": " + reason);
    }
}
