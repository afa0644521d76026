package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Version;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The command line: runs the command that the first argument names, or the pipeline. The class of a command is loaded
 * only if the first argument names the command, or if the help lists all commands.
 */
public final class Cli {
    /** All commands, in the order of the help. */
    public static final List<String> COMMANDS = List.of(
            "records",
            "audit",
            "complete",
            "compact",
            "topics",
            "groups",
            "lag",
            "dead-letters",
            "trace",
            "index",
            "streams",
            "mirror",
            ConnectCommand.NAME,
            "keys",
            "users",
            "model",
            "generate",
            "completion");

    private static final String CONFIG = "--config";
    private static final int WIDTH = 110;
    private static final Pattern WORD_START = Pattern.compile("\\b\\w");

    private Cli() {}

    /**
     * Runs a command, or the pipeline if there are no arguments other than {@code --config DIR}.
     *
     * @param pipeline runs the pipeline of a configuration directory
     * @return the exit code, see the command's help
     */
    public static int run(Terminal terminal, Consumer<Path> pipeline, String... args) {
        if (args.length == 0 || (args.length == 2 && args[0].equals(CONFIG))) {
            pipeline.accept(Path.of(args.length == 0 ? "." : args[1]));
            return 0;
        }
        boolean isKnown = COMMANDS.contains(args[0]) && !args[0].equals(CompletionCommand.NAME);
        try {
            return line(terminal, pipeline, isKnown ? List.of(args[0]) : COMMANDS)
                    .execute(args);
        } catch (Error e) {
            if (!COMMANDS.contains(args[0])) {
                throw e;
            }
            // The JVM would exit with 1, which is a result of most commands.
            e.printStackTrace(terminal.err());
            return OperatorCommand.NOT_DONE;
        }
    }

    /** Returns picocli's model of the whole command line. */
    static CommandLine line(Terminal terminal) {
        return line(terminal, configuration -> {}, COMMANDS);
    }

    private static CommandLine line(Terminal terminal, Consumer<Path> pipeline, List<String> commands) {
        CommandLine line = new CommandLine(new RootCommand(pipeline));
        line.getCommandSpec()
                .addOption(OptionSpec.builder("-h", "--help")
                        .usageHelp(true)
                        .scopeType(ScopeType.INHERIT)
                        .description("Prints this help.")
                        .build())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Prints the version and the commit that it was built from.")
                        .build());
        for (String name : commands) {
            line.addSubcommand(name, command(name, terminal));
        }
        line.getSubcommands().values().forEach(each -> describe(each, each.getCommandSpec()));
        UsageErrors usageErrors = new UsageErrors(terminal.err());
        IExecutionExceptionHandler failure = (e, of, parsed) -> failed(e, parsed, terminal);
        return line.setOut(new PrintWriter(terminal.out(), true, UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, UTF_8))
                .setExecutionStrategy(RootCommand::execute)
                .setParameterExceptionHandler(usageErrors)
                .setExecutionExceptionHandler(failure)
                .setOverwrittenOptionsAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setExpandAtFiles(false)
                // Terminal prints control characters as visible text, so colors would be unreadable.
                .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF))
                .setUsageHelpWidth(WIDTH);
    }

    /** Sets the same headings and exit codes in the help of a command and its subcommands. */
    private static void describe(CommandLine line, CommandSpec command) {
        line.getCommandSpec()
                .usageMessage()
                .sortOptions(false)
                .sortSynopsis(false)
                .parameterListHeading("%nArguments:%n")
                .optionListHeading("%nOptions:%n")
                .commandListHeading("%nSubcommands:%n")
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(command.usageMessage().exitCodeList());
        line.getSubcommands().values().forEach(each -> describe(each, command));
    }

    /** Creates a command. The name of its class is derived from the command's name, to load only this class. */
    private static Object command(String name, Terminal terminal) {
        if (name.equals(CompletionCommand.NAME)) {
            return new CompletionCommand(terminal);
        }
        String words = WORD_START.matcher(name).replaceAll(word -> word.group().toUpperCase(Locale.ROOT));
        String className = "%s.%sCommand".formatted(Cli.class.getPackageName(), words.replace("-", ""));
        try {
            return Class.forName(className)
                    .getDeclaredConstructor(Terminal.class)
                    .newInstance(terminal);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }

    private static int failed(Exception e, ParseResult parsed, Terminal terminal) throws Exception {
        if (!parsed.hasSubcommand()) {
            throw e;
        }
        if (e instanceof IllegalArgumentException) {
            terminal.err().println(e.getMessage());
        } else {
            OperatorCommand command =
                    (OperatorCommand) parsed.subcommand().commandSpec().userObject();
            terminal.err().println(command.failure() + ": " + Causes.reason(e));
        }
        return OperatorCommand.NOT_DONE;
    }

    static final class VersionText implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Wadi %s (commit %s)".formatted(Version.CURRENT, Version.COMMIT)};
        }
    }

    /** {@code wadi completion}: prints a completion script for shells. */
    @Command(
            description = {
                "Prints a script for bash and zsh that completes commands and options.",
                "To try it: source <(wadi completion)"
            },
            exitCodeList = {"0:done", "2:the arguments are invalid"})
    private static final class CompletionCommand extends OperatorCommand {
        static final String NAME = "completion";

        CompletionCommand(Terminal terminal) {
            super(terminal, "Command failed");
        }

        @Override
        public Integer call() {
            out().print(AutoComplete.bash(root().getCommandName(), root()));
            return 0;
        }
    }
}
