package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.MarkdownBlock;
import io.wadi.testing.Nightly;
import io.wadi.testing.ShellCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Runs {@code docs/getting-started/tutorial.md} as a reader would: {@code sh} blocks in the first terminal, where
 * Ctrl-C stops the previous command, and {@code console} blocks in the second, with their output. All other blocks
 * change the file that the text before them names. Ports, the interval of metrics and the duration of the processor
 * load differ from the tutorial.
 */
@Nightly(
        perChange = {
            "DocumentedCommandsTest",
            "DocumentedSettingsTest",
            "DocumentedFilesTest",
            "UpIT#event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder"
        })
class TutorialIT {
    private static final Path PAGE = Path.of("docs/getting-started/tutorial.md");
    private static final Pattern FILE = Pattern.compile("`([\\w/.-]+\\.(?:yaml|json|properties))`");
    private static final Pattern PARTITION = Pattern.compile("\"partition\":(\\d+)");

    /** Output that differs from run to run: times, versions, partitions, dead letters; "…" matches anything. */
    private static final List<String> VARIABLES = List.of(
            "\\d{4}-\\d\\d-\\d\\dT[\\d:.]+(?:Z|\\+0000)",
            "curl/[\\d.]+", "\"partition\":\\d+", "\\b\\d:\\d+\\b", "(?m)^\\d@", "\\+\\d\\+");

    private static final Pattern ANY_VARIABLE = Pattern.compile(" ?… ?|" + String.join("|", VARIABLES));

    private static final Duration READ_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    @AutoClose
    private UpProcess up;

    private String receipt = "";
    private String assignments = "";

    @BeforeEach
    void makeProject() throws Exception {
        up = new UpProcess();
        Files.writeString(up.home().resolve(".gitignore"), "target/\n.wadi/\n.gitignore\n");
        bash("git init -q && git add . && git -c user.name=reader -c user.email=reader@localhost commit -q -m clone");
    }

    @Test
    void tutorialCommands_work() throws Exception {
        List<MarkdownBlock> blocks = MarkdownBlock.of(PAGE);
        assertThat(blocks).hasSizeGreaterThan(12);
        for (MarkdownBlock block : blocks) {
            switch (block.language()) {
                case "sh" -> inFirstTerminal(block);
                case "console" -> inSecondTerminal(block);
                default -> edit(block);
            }
        }

        assertThat(up.home().resolve(".wadi")).doesNotExist();
        assertThat(bash("git status --porcelain").out())
                .as("files that remain changed or new")
                .isEmpty();
    }

    private void inFirstTerminal(MarkdownBlock block) throws Exception {
        if (up.running()) {
            up.requestStop();
            assertThat(up.awaitEnd()).as(up.terminal()).isZero();
        }
        for (ShellCommand command : ShellCommand.parse(block.text())) {
            if (command.words().equals(List.of("./wadi", "up"))) {
                up.start(Map.of("WADI_HOST_METRICS_INTERVAL", "1s"));
            } else if (!command.words().get(0).equals("cd")
                    && !command.words().subList(0, 2).equals(List.of("git", "clone"))) {
                // The copy of the project replaces the clone.
                assertThat(bash(String.join(" ", command.words())).code()).isZero();
            }
        }
    }

    private void inSecondTerminal(MarkdownBlock block) throws Exception {
        for (MarkdownBlock.Command command : block.commands()) {
            if (command.text().matches("\\w+=\\w+")) {
                assign(command.text());
            } else if (isSending(command.text())) {
                receipt = check(block, command);
            } else {
                await().pollInterval(POLL_INTERVAL).atMost(READ_TIMEOUT).untilAsserted(() -> check(block, command));
            }
        }
    }

    /** Returns whether repeating the command would have another effect, such as a second event. */
    private static boolean isSending(String command) {
        return command.contains("localhost:8080/") || command.contains(" -X ") || command.startsWith("sed ");
    }

    /** Sets the partition from the last receipt, because it differs from run to run. */
    private void assign(String assignment) {
        assertThat(assignment).startsWith("partition=");
        Matcher partition = PARTITION.matcher(receipt);
        assertThat(partition.find()).as(receipt).isTrue();
        assignments += "partition=" + partition.group(1) + "\n";
    }

    /** Runs a command, compares its output with that of the page, and returns it. */
    private String check(MarkdownBlock block, MarkdownBlock.Command command) throws Exception {
        CommandProcess ended = bash(assignments + command.text());
        String expected = command.output().stream().map(TutorialIT::pattern).collect(Collectors.joining("\n"));

        assertThat(ended.out().strip())
                .as("%s: $ %s%n%s", block, command.text(), ended.err())
                .matches("(?s)" + expected);
        return ended.out();
    }

    private static String pattern(String line) {
        StringBuilder pattern = new StringBuilder();
        Matcher variable = ANY_VARIABLE.matcher(line);
        int end = 0;
        for (MatchResult each : variable.results().toList()) {
            pattern.append(Pattern.quote(line.substring(end, each.start())));
            pattern.append(VARIABLES.stream()
                    .filter(one -> each.group().matches(one))
                    .findFirst()
                    .orElse(".*"));
            end = each.end();
        }
        return pattern.append(Pattern.quote(line.substring(end))).toString();
    }

    /** Writes a file, adds topics or a rule to one, or sets properties. */
    private void edit(MarkdownBlock block) throws IOException {
        String before = String.join("\n", Files.readAllLines(PAGE).subList(0, block.number() - 2));
        String name = FILE.matcher(before)
                .results()
                .map(each -> each.group(1))
                .reduce((first, last) -> last)
                .orElseThrow();
        Path file = up.home().resolve(name);
        switch (block.language()) {
            case "json", "yaml" -> Files.writeString(file, edited(file, block.text()));
            case "properties" -> {
                String text = Files.readString(file);
                for (String line : block.lines()) {
                    String key = line.substring(0, line.indexOf('=') + 1);
                    assertThat(text).contains("\n" + key);
                    text = text.replaceFirst("\n" + Pattern.quote(key) + ".*", "\n" + line);
                }
                Files.writeString(file, text);
            }
            default -> throw new AssertionError(block);
        }
    }

    /** Returns a file with topics after select-color or with a rule at its end, or the text of a new file. */
    private static String edited(Path file, String text) throws IOException {
        return switch (file.getFileName().toString()) {
            case "topics.yaml" -> Files.readString(file).replaceFirst("(\n.*name: select-color,.*\n)", "$1" + text);
            case "alerts.yaml" -> Files.readString(file) + text;
            default -> text;
        };
    }

    /** Runs commands in the project's directory, with the ports of this test instead of the tutorial's. */
    private CommandProcess bash(String commands) throws Exception {
        ServerPorts servers = up.servers();
        String here = commands.replace("localhost:8080", "localhost:" + up.http())
                .replace("localhost:9876", "localhost:" + up.management())
                .replace("localhost:9870", "localhost:" + servers.hdfsWeb())
                .replace("localhost:9200", "localhost:" + servers.elasticsearch())
                .replace("timeout 90 ", "timeout 4 ");
        ProcessBuilder bash =
                new ProcessBuilder("bash", "-c", here).directory(up.home().toFile());
        bash.environment()
                .putAll(Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        "WADI_KAFKA_BROKERS", servers.kafkaBrokers(),
                        "WADI_HDFS_URI", servers.hdfsUri(),
                        "WADI_ELASTICSEARCH_HOSTS", servers.elasticsearchHosts()));
        return CommandProcess.end(bash);
    }
}
