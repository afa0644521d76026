package io.wadi.cli;

import io.wadi.runtime.ExitCode;
import io.wadi.runtime.config.NearestName;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints a usage error in one line, with a suggestion and the command's help option. */
record UsageErrors(PrintStream err) implements IParameterExceptionHandler {
    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine at = e.getCommandLine();
        String text = text(e, args);
        err.println(text + (text.endsWith("?") ? "" : ".") + " See "
                + at.getCommandSpec().qualifiedName() + " --help");
        return at.getParent() == null ? ExitCode.USAGE.number() : OperatorCommand.NOT_DONE;
    }

    private static String text(ParameterException e, String[] args) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched.getUnmatched().get(0), e.getCommandLine());
        }
        if (e instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return missing(missing.getMissing().get(0), List.of(args));
        }
        if (e.getCause() instanceof TypeConversionException value && e.getArgSpec() != null) {
            return name(e.getArgSpec()) + value.getMessage();
        }
        return e.getMessage();
    }

    private static String unmatched(String word, CommandLine at) {
        if (!word.startsWith("-")) {
            return unknown(word, at.getSubcommands().keySet());
        }
        return owner(word, at)
                .map(owner -> "%s is an option of %s".formatted(word, owner))
                .orElseGet(() -> unknown(
                        word,
                        at.getCommandSpec().options().stream()
                                .flatMap(option -> Arrays.stream(option.names()))
                                .toList()));
    }

    private static String unknown(String word, Collection<String> names) {
        return "\"" + word + "\" is unknown" + NearestName.question(word, names);
    }

    /** Returns the subcommand, or for a subcommand the sibling, that has the option. */
    private static Optional<String> owner(String option, CommandLine at) {
        boolean isVerb = at.getParent() != null && at.getParent().getParent() != null;
        return (isVerb ? at.getParent() : at)
                .getSubcommands().entrySet().stream()
                        .filter(each -> each.getValue().getCommandSpec().findOption(option) != null)
                        .map(Map.Entry::getKey)
                        .findFirst();
    }

    private static String missing(ArgSpec argument, List<String> args) {
        boolean isGiven = argument instanceof OptionSpec option
                && Arrays.stream(option.names()).anyMatch(args::contains);
        return isGiven ? "A value is missing after " + name(argument) : name(argument) + " is missing";
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }
}
