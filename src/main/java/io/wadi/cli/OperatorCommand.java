package io.wadi.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * An operator command. It prints its report to standard output. It prints an error as one line to standard error: the
 * message of an {@link IllegalArgumentException}, or {@link #failure} and the reason of any other exception.
 */
abstract class OperatorCommand implements Callable<Integer> {
    /** The exit code of a failed command, or of invalid arguments. */
    static final int NOT_DONE = 2;

    private final Terminal terminal;
    private final String failure;

    @Spec
    private CommandSpec spec;

    OperatorCommand(Terminal terminal, String failure) {
        this.terminal = terminal;
        this.failure = failure;
    }

    /** Runs the command without a subcommand; by default a usage error. */
    @Override
    public Integer call() throws Exception {
        throw usageError("%s requires one of: %s"
                .formatted(spec.name(), spec.subcommands().keySet().stream().collect(Collectors.joining(", "))));
    }

    final Terminal terminal() {
        return terminal;
    }

    final PrintStream out() {
        return terminal.out();
    }

    /** Returns the text that precedes the reason of a failure. */
    final String failure() {
        return failure;
    }

    /** Returns picocli's model of the root command. */
    final CommandLine root() {
        return spec.root().commandLine();
    }

    /** Returns a usage error of the running command. */
    final ParameterException usageError(String message) {
        ParseResult parsed = spec.commandLine().getParseResult();
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return new ParameterException(parsed.commandSpec().commandLine(), message);
    }

    /** Prints a value as indented JSON, or runs {@code text}, which prints it as text. */
    final void print(boolean json, Object value, Runnable text) throws JsonProcessingException {
        if (json) {
            json(value);
        } else {
            text.run();
        }
    }

    /** Prints a value as indented JSON. */
    final void json(Object value) throws JsonProcessingException {
        out().println(new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(value));
    }
}
