package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.TestedCommand;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code docs/reference/cli.md} is made of the commands themselves: {@code mvn -B test -Dtest=CliReferenceTest -Dcli=write}. */
final class CliReferenceTest {
    private static final Path REFERENCE = Path.of("docs/reference/cli.md");

    @Test
    void reference_matchesTheCommands() throws Exception {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandLine root = Cli.line(new Terminal(InputStream.nullInputStream(), nowhere, nowhere, null));
        String reference = reference(root);
        if ("write".equals(System.getProperty("cli"))) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, reference);
        }

        assertThat(REFERENCE)
                .as("made anew by mvn -B test -Dtest=CliReferenceTest -Dcli=write")
                .hasContent(reference);
    }

    @Test
    void completion_listsAllCommands() {
        String script = TestedCommand.run("completion").out();

        assertThat(Cli.COMMANDS).allSatisfy(name -> assertThat(script).contains(name));
        assertThat(script).contains("complete -F _complete_wadi");
    }

    private static String reference(CommandLine root) {
        StringBuilder text = new StringBuilder("""
                # Command line

                `java -jar wadi.jar [COMMAND]`, in a clone `./wadi [COMMAND]`, in the image `docker exec NAME wadi COMMAND`. This page is made of the
                commands themselves; `COMMAND --help` prints the same.

                """);
        add(text, root, "##");
        return text.toString();
    }

    private static void add(StringBuilder text, CommandLine line, String heading) {
        CommandSpec command = line.getCommandSpec();
        text.append("%s %s%n%n".formatted(heading, command.qualifiedName()));
        text.append(String.join("\n", command.usageMessage().description())).append("\n\n");
        Help help = line.getHelp();
        text.append("```\n").append(help.synopsis(0)).append("```\n\n");
        List<ArgSpec> arguments = command.args().stream()
                .filter(each -> !(each instanceof OptionSpec option && option.usageHelp()))
                .toList();
        if (!arguments.isEmpty()) {
            text.append("| argument | |\n|---|---|\n");
            arguments.forEach(each -> text.append("| `%s` | %s |%n".formatted(name(each), description(each))));
            text.append('\n');
        }
        boolean isVerb = line.getParent() != null && line.getParent().getParent() != null;
        if (!isVerb) {
            text.append("| exit code | |\n|---|---|\n");
            command.usageMessage()
                    .exitCodeList()
                    .forEach((code, meaning) -> text.append("| %s | %s |%n".formatted(code, meaning)));
            text.append('\n');
        }
        line.getSubcommands()
                .values()
                .forEach(each -> add(text, each, line.getParent() == null ? heading : heading + "#"));
    }

    private static String name(ArgSpec argument) {
        if (argument instanceof OptionSpec option) {
            String names = String.join(", ", option.names());
            return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
        }
        return argument.paramLabel();
    }

    private static String description(ArgSpec argument) {
        String text = String.join(" ", argument.description());
        return text.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue()))
                .replace("|", "\\|");
    }
}
