package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.cli.Cli;
import io.wadi.cli.Terminal;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command with its settings. For each command, one test asserts that the process has the same output and exit code as
 * the command in this JVM; its other tests need not start a JVM.
 *
 * @param name the command's name
 * @param configuration the directory with {@code topics.yaml} and similar files
 * @param settings the settings that differ from the shipped ones
 */
public record TestedCommand(String name, Path configuration, Map<String, String> settings) {
    /** Returns a command on the test run's servers, with further settings. */
    public static TestedCommand onServers(String name, Path configuration, Map<String, String> settings) {
        ServerPorts servers = TestServers.shared().ports();
        Map<String, String> all = new HashMap<>(Map.of(
                "wadi.kafka.brokers", servers.kafkaBrokers(),
                "wadi.hdfs.uri", servers.hdfsUri(),
                "wadi.elasticsearch.hosts", servers.elasticsearchHosts()));
        all.putAll(settings);
        return new TestedCommand(name, configuration, all);
    }

    /** Returns a command that only needs the shared Kafka and a free management port. */
    public static TestedCommand onKafka(String name, Path configuration) {
        return onServers(name, configuration, Map.of("wadi.management.port", Integer.toString(Ports.free())));
    }

    /** Runs a command line in this JVM without further settings. */
    public static CommandProcess run(String... words) {
        return run(InputStream.nullInputStream(), words);
    }

    /** Runs a command line in this JVM with a standard input. */
    public static CommandProcess run(InputStream in, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = run(in, out, err, words);
        return new CommandProcess(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    private static int run(InputStream in, OutputStream out, OutputStream err, String... words) {
        Terminal terminal =
                new Terminal(in, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), null);
        return Cli.run(
                terminal,
                pipeline -> {
                    throw new IllegalStateException("the words start the pipeline and not a command");
                },
                words);
    }

    /** Runs the command in this JVM, with its settings in the properties file beside the shipped ones. */
    public CommandProcess inThisJvm(String... words) throws IOException {
        return inThisJvm(InputStream.nullInputStream(), words);
    }

    /** Runs the command in this JVM with a standard input. */
    public CommandProcess inThisJvm(InputStream in, String... words) throws IOException {
        configure();
        return run(in, arguments(words).toArray(String[]::new));
    }

    /** Runs the command in this JVM, writes its output to these streams while it runs, and returns its exit code. */
    public int inThisJvm(OutputStream out, OutputStream err, String... words) throws IOException {
        configure();
        return run(InputStream.nullInputStream(), out, err, arguments(words).toArray(String[]::new));
    }

    private void configure() throws IOException {
        String differing = settings.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue() + "\n")
                .collect(Collectors.joining());
        Files.writeString(
                configuration.resolve("application.properties"),
                Files.readString(Path.of("application.properties")) + differing);
    }

    /** Runs the command as the launcher does, with its settings in the environment. */
    public CommandProcess asProcess(String... words) throws IOException, InterruptedException {
        Map<String, String> environment = settings.entrySet().stream()
                .collect(Collectors.toMap(
                        each -> each.getKey()
                                .toUpperCase(Locale.ROOT)
                                .replace('.', '_')
                                .replace('-', '_'),
                        Map.Entry::getValue));
        return CommandProcess.run(environment, arguments(words));
    }

    private List<String> arguments(String... words) {
        return Stream.of(Stream.of(name), Stream.of(words), Stream.of("--config", configuration.toString()))
                .flatMap(each -> each)
                .toList();
    }
}
