package io.wadi.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code wadi completion}: prints a completion script for shells. */
@Command(
        description = {
            "Prints a script for bash and zsh that completes commands and options.",
            "To try it: source <(wadi completion)"
        },
        exitCodeList = {"0:done", "2:the arguments are invalid"})
final class CompletionCommand extends OperatorCommand {
    static final String NAME = "completion";

    CompletionCommand(Terminal terminal) {
        super(terminal, "Could not be done");
    }

    @Override
    public Integer call() {
        out().print(AutoComplete.bash(root().getCommandName(), root()));
        return 0;
    }
}
