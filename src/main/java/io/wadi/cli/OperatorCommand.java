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
 * A command beside the pipeline. Standard output is for its report; a mistake is one line on standard error. An
 * {@link IllegalArgumentException} has a message that says all; of any other exception the reason is printed behind
 * {@link #failure}.
 */
abstract class OperatorCommand implements Callable<Integer> {
    /** The exit code where it could not be done, or was not understood. */
    static final int NOT_DONE = 2;

    private final Terminal terminal;
    private final String failure;

    @Spec
    private CommandSpec spec;

    OperatorCommand(Terminal terminal, String failure) {
        this.terminal = terminal;
        this.failure = failure;
    }

    /** Runs it without a subcommand. */
    @Override
    public Integer call() throws Exception {
        throw mistake("%s takes one of: %s"
                .formatted(spec.name(), spec.subcommands().keySet().stream().collect(Collectors.joining(", "))));
    }

    final Terminal terminal() {
        return terminal;
    }

    final PrintStream out() {
        return terminal.out();
    }

    /** What is printed before the reason where it cannot be done. */
    final String failure() {
        return failure;
    }

    /** The model of the root command. */
    final CommandLine root() {
        return spec.root().commandLine();
    }

    /** A mistake in the usage of the command that runs. */
    final ParameterException mistake(String message) {
        ParseResult parsed = spec.commandLine().getParseResult();
        while (parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return new ParameterException(parsed.commandSpec().commandLine(), message);
    }

    /** Prints a value as indented JSON. */
    final void json(Object value) throws JsonProcessingException {
        out().println(new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(value));
    }
}
