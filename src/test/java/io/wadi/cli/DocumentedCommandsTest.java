package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.KafkaTool;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.MarkdownBlock;
import io.wadi.testing.OpenApi;
import io.wadi.testing.ShellCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * The commands in the documentation. Wadi's commands are parsed by the command line itself or compared with the
 * launcher's help, and requests are compared with the OpenAPI documents. {@link DocumentedSettingsTest} tests the
 * settings; {@code TutorialIT} runs the commands of the tutorial.
 */
final class DocumentedCommandsTest {
    /** Generated from the commands, with synopses in its blocks. */
    private static final Path CLI_REFERENCE = Path.of("docs/reference/cli.md");

    /** Programs that this class does not check, with the reason. */
    private static final Map<String, String> UNCHECKED = Map.ofEntries(
            Map.entry("awk", "a system tool"),
            Map.entry("cat", "a system tool"),
            Map.entry("cd", "a shell builtin"),
            Map.entry("cmp", "a system tool"),
            Map.entry("echo", "a shell builtin"),
            Map.entry("export", "a shell builtin; DocumentedSettingsTest checks its settings"),
            Map.entry("printf", "a shell builtin"),
            Map.entry("read", "a shell builtin"),
            Map.entry("source", "a shell builtin; the command in it is checked"),
            Map.entry("[", "a shell builtin"),
            Map.entry("jps", "a tool of the JDK"),
            Map.entry("kill", "ends a process of the reader's machine"),
            Map.entry("openssl", "a system tool"),
            Map.entry("sed", "a system tool; TutorialIT runs it"),
            Map.entry("tail", "a system tool"),
            Map.entry("timeout", "a system tool; TutorialIT runs it"),
            Map.entry("camel", "Camel's CLI; CamelCliIT runs the same commands"),
            Map.entry("connect-mirror-maker.sh", "of Kafka's image; MirrorsIT runs MirrorMaker 2 by ./wadi mirror"),
            Map.entry("examples/batch/count.sh", "BatchJobIT runs it"),
            Map.entry("examples/receipts/follow.sh", "ReceiptsIT runs it"),
            Map.entry("examples/retry/send.sh", "DeduplicationIT runs it"),
            Map.entry("docker", "needs an engine; ImageIT and ComposeIT read the same files"),
            Map.entry("git", "needs the address of a repository"),
            Map.entry("grep", "a system tool; TutorialIT runs it"),
            Map.entry("hdfs", "of a Hadoop installation"),
            Map.entry("kubectl", "needs a cluster; KubernetesIT reads the same files"),
            Map.entry("psql", "needs a PostgreSQL of the reader's; TablesBothWaysIT runs the same tables and routes"),
            Map.entry("sudo", "changes the reader's machine"),
            Map.entry("wait", "a shell builtin"),
            Map.entry("whoami", "a system tool"));

    private static final Set<String> LAUNCHER = Set.of("up", "run", "test", "soak", "bench", "kafka", "help");
    /** Placeholders for numbers. */
    private static final Set<String> NUMBERS = Set.of("N", "P", "OFFSET");

    private static final Pattern INLINE = Pattern.compile("(?<!`)`([^`]+)`(?!`)");
    private static final Pattern WEB_HDFS =
            Pattern.compile(".*/webhdfs/v1/(data|in)/.*\\?op=(LISTSTATUS|OPEN|(MKDIRS|CREATE|RENAME)&.*)");

    private static final PrintStream NOWHERE =
            new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    private static final CommandLine LINE =
            Cli.line(new Terminal(InputStream.nullInputStream(), NOWHERE, NOWHERE, null));

    /** A command and its location in the documentation. */
    record Documented(String place, ShellCommand command) {
        @Override
        public String toString() {
            return place + " " + String.join(" ", command.words());
        }
    }

    static List<Documented> inBlocks() throws IOException {
        List<Documented> found = new ArrayList<>();
        for (MarkdownBlock block : blocks()) {
            for (MarkdownBlock.Command command : block.commands()) {
                ShellCommand.parse(command.text()).forEach(each -> found.add(new Documented(block.toString(), each)));
            }
        }
        return found;
    }

    /** Returns Wadi's commands in the text, which may omit required arguments. */
    static List<Documented> inText() throws IOException {
        List<Documented> found = new ArrayList<>();
        for (Path page : MarkdownBlock.pages()) {
            if (!page.equals(CLI_REFERENCE)) {
                for (String line : MarkdownBlock.prose(page)) {
                    INLINE.matcher(line)
                            .results()
                            .map(each -> each.group(1))
                            .filter(each ->
                                    each.matches("(\\./wadi |java .*wadi\\.jar |docker exec \\w+ wadi |source ).+"))
                            .flatMap(each -> ShellCommand.parse(each).stream())
                            .forEach(each -> found.add(new Documented(page.toString(), each)));
                }
            }
        }
        return found;
    }

    private static List<MarkdownBlock> blocks() throws IOException {
        List<MarkdownBlock> blocks = new ArrayList<>();
        for (Path page : MarkdownBlock.pages()) {
            if (!page.equals(CLI_REFERENCE)) {
                blocks.addAll(MarkdownBlock.of(page));
            }
        }
        return blocks;
    }

    @Test
    void blocks_haveALanguage() throws IOException {
        assertThat(blocks())
                .hasSizeGreaterThan(80)
                .allSatisfy(block -> assertThat(block.language())
                        .as(
                                "%s: sh for commands, console for commands after \"$ \" with their output, text for"
                                        + " other output",
                                block)
                        .isIn("sh", "console", "text", "properties", "yaml", "json", "java", "python", "js", "html"));
        assertThat(inBlocks()).hasSizeGreaterThan(150);
        assertThat(inText()).hasSizeGreaterThan(80);
    }

    @Test
    void blocks_areValidShellCommands() throws Exception {
        for (MarkdownBlock block : blocks()) {
            for (MarkdownBlock.Command command : block.commands()) {
                assertThat(CommandProcess.end(new ProcessBuilder("bash", "-n", "-c", command.text())))
                        .as(block + " " + command.text())
                        .isEqualTo(new CommandProcess(0, "", ""));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("inBlocks")
    void commandOfABlock_isValid(Documented documented) throws Exception {
        check(documented.command(), missing -> false);
    }

    @ParameterizedTest
    @MethodSource("inText")
    void commandInTheText_isValid(Documented documented) throws Exception {
        check(documented.command(), missing -> true);
    }

    @Test
    void uncheckedPrograms_appearInThePages() throws IOException {
        Set<String> programs = Stream.concat(inBlocks().stream(), inText().stream())
                .map(each -> each.command().program())
                .collect(Collectors.toSet());

        assertThat(programs).containsAll(UNCHECKED.keySet());
    }

    private static void check(ShellCommand command, Predicate<CommandLine.MissingParameterException> allowed)
            throws Exception {
        switch (command.program()) {
            case "./wadi", "wadi" -> checkWadi(command.arguments(), allowed);
            case "java" -> checkJava(command.arguments(), allowed);
            case "docker" -> checkDocker(command.arguments(), allowed);
            case "curl" -> checkRequest(command.arguments());
            case "cp" -> assertThat(Path.of(command.arguments().get(0))).exists();
            case "mkdir", "rm" -> assertThat(command.arguments().get(0)).startsWith("-");
            case "mvn" -> checkMaven(command.arguments());
            default ->
                assertThat(UNCHECKED)
                        .as("a program that this test checks, or one with the reason why it does not")
                        .containsKey(command.program());
        }
    }

    private static void checkWadi(List<String> arguments, Predicate<CommandLine.MissingParameterException> allowed)
            throws Exception {
        String command = arguments.get(0);
        List<String> options = arguments.subList(1, arguments.size());
        boolean isMirrorFile = command.equals("mirror")
                && !options.isEmpty()
                && Stream.of("check", "status", "failover").noneMatch(options.get(0)::equals);
        if (isMirrorFile) {
            checkMirrorFile(options);
        } else if (Cli.COMMANDS.contains(command)) {
            checkCommand(arguments, allowed);
        } else if (LAUNCHER.contains(command)) {
            checkLauncher(command, options);
        } else {
            // Placeholder for any command.
            assertThat(arguments).isEqualTo(List.of("COMMAND"));
        }
    }

    private static void checkCommand(List<String> arguments, Predicate<CommandLine.MissingParameterException> allowed) {
        assertThat(arguments.stream()
                        .filter(each -> each.startsWith("examples/"))
                        .map(Path::of))
                .allSatisfy(each -> assertThat(each).exists());
        try {
            LINE.parseArgs(arguments.stream()
                    .map(each -> NUMBERS.contains(each) ? "1" : each)
                    .toArray(String[]::new));
        } catch (CommandLine.MissingParameterException e) {
            if (!allowed.test(e)) {
                throw e;
            }
        }
    }

    private static void checkMirrorFile(List<String> options) {
        String file = options.get(0);
        assertThat(file.equals("FILE") || Files.exists(Path.of(file))).as(file).isTrue();
        assertThat(options.subList(1, options.size())).isIn(List.of(), List.of("--with", "clusters"));
    }

    private static void checkLauncher(String command, List<String> options) throws Exception {
        switch (command) {
            case "up" -> assertThat(options(options)).allMatch(help("up", "--help")::contains);
            case "soak" -> assertThat(options(options)).allMatch(help("soak", "--help")::contains);
            case "run" -> assertThat(options).isEmpty();
            case "help" -> assertThat(help("help")).contains("./wadi up");
            case "kafka" -> {
                assertThat(options.isEmpty() ? "TOOL" : options.get(0))
                        .matches(
                                tool -> tool.equals("TOOL") || KafkaTool.names().contains(tool));
                assertThat(help("help")).contains("./wadi kafka TOOL");
            }
            case "test" -> checkTest(options);
            case "bench" -> checkBench(options);
            default -> throw new AssertionError(command);
        }
    }

    private static void checkTest(List<String> options) throws IOException {
        for (String option : options) {
            if (!option.matches("--all|--containers|-D[\\w.]+=\\w+|NAME")) {
                assertThat(testClasses()).contains(option);
            }
        }
    }

    private static void checkBench(List<String> options) throws Exception {
        String name = options.isEmpty() ? "NAME" : options.get(0);
        if (name.equals("NAME")) {
            return;
        }
        Path sources = Path.of("src/bench/java/io/wadi/bench");
        assertThat(Files.readString(sources.resolve("Bench.java"))).contains("case \"" + name + "\"");
        if (!options(options).isEmpty()) {
            String file = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + "Options.java";
            assertThat(Files.readString(sources.resolve(file)))
                    .contains("./wadi bench " + name)
                    .contains(options(options).stream()
                            .map(each -> '"' + each + '"')
                            .toList());
        }
    }

    private static List<String> options(List<String> arguments) {
        return arguments.stream()
                .filter(each -> each.startsWith("--"))
                .map(each -> each.split("=", 2)[0])
                .toList();
    }

    /** Returns the output of the launcher. */
    private static String help(String... arguments) throws Exception {
        return CommandProcess.end(new ProcessBuilder(Stream.concat(Stream.of("sh", "wadi"), Stream.of(arguments))
                        .toList()))
                .out();
    }

    private static void checkJava(List<String> arguments, Predicate<CommandLine.MissingParameterException> allowed)
            throws Exception {
        List<String> left = new ArrayList<>(arguments);
        if (left.get(0).startsWith("@")) {
            assertThat(Path.of(left.remove(0).substring(1))).exists();
        }
        if (left.get(0).equals("-cp")) {
            assertThat(left.subList(0, 3)).isEqualTo(List.of("-cp", "wadi.jar:lib/*", "io.wadi.Launch"));
            left.subList(0, 3).clear();
        } else {
            assertThat(left.remove(0)).isEqualTo("-jar");
            assertThat(left.remove(0)).isIn("wadi.jar", "target/wadi.jar");
        }
        boolean isPipeline = left.isEmpty() || left.get(0).matches("\\[?--config");
        if (!isPipeline) {
            checkWadi(left, allowed);
        }
    }

    /** Checks Wadi's commands in containers; other commands of Docker are not checked. */
    private static void checkDocker(List<String> arguments, Predicate<CommandLine.MissingParameterException> allowed)
            throws Exception {
        if (arguments.get(0).equals("exec") && arguments.get(2).equals("wadi")) {
            checkWadi(arguments.subList(3, arguments.size()), allowed);
        }
    }

    private static void checkMaven(List<String> arguments) throws IOException {
        for (String argument : arguments) {
            if (argument.startsWith("-Dtest=") && !argument.contains("*")) {
                assertThat(testClasses()).contains(argument.substring("-Dtest=".length()));
            }
        }
    }

    private static Set<String> testClasses() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.map(each -> each.getFileName().toString())
                    .filter(each -> each.endsWith(".java"))
                    .map(each -> each.substring(0, each.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }

    private static void checkRequest(List<String> arguments) throws IOException {
        URI uri = URI.create(arguments.stream()
                .filter(each -> each.contains("localhost:"))
                .map(each -> each.startsWith("http") ? each : "http://" + each)
                .findFirst()
                .orElseThrow());
        String method = option(arguments, "-X")
                .orElse(arguments.contains("-d") || arguments.contains("--data-binary") ? "POST" : "GET");
        String path = uri.getPath();
        switch (uri.getPort()) {
            case 8080 -> {
                assertThat(OpenApi.shipped().paths(method)).anyMatch(each -> OpenApi.matches(each, path));
            }
            case 9876 -> {
                Stream<String> tables = method.equals("GET") ? Stream.of("/tables/{flow}/{key}") : Stream.empty();
                assertThat(Stream.concat(OpenApi.ofControl().paths(method).stream(), tables))
                        .anyMatch(each -> OpenApi.matches(each, path));
            }
            case 9870 -> assertThat(uri.toString()).matches(WEB_HDFS);
            case 9200 -> assertThat(path).matches("/[a-z-]+-index/(_doc/.+|_search)");
            // A Connect worker's requests, which ConnectWorkerIT sends.
            case 8083 -> assertThat(path).matches("/connectors(/[a-z-]+/offsets)?");
            default -> throw new AssertionError("a port that ./wadi up does not open: " + uri);
        }
    }

    private static Optional<String> option(List<String> arguments, String option) {
        int at = arguments.indexOf(option);
        return at < 0 ? Optional.empty() : Optional.of(arguments.get(at + 1));
    }
}
