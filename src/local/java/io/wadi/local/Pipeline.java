package io.wadi.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The pipeline as users run it, {@code ./wadi run}, as a child process on the local servers. */
final class Pipeline {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    /** Variables with the credentials of other servers, which do not fit the local ones. */
    private static final Pattern CREDENTIALS = Pattern.compile("HADOOP_CONF_DIR|WADI_HDFS_(CONF_DIR|PRINCIPAL|KEYTAB)"
            + "|WADI_ELASTICSEARCH_(USER|PASSWORD|API_KEY|CA_FILE)"
            + "|CAMEL_COMPONENT_KAFKA_(SECURITY|SASL|SSL)_.*");

    private final UpOptions options;
    private final PipelineOutput output;
    private final ChildProcess process;
    private final Thread follower;

    private Pipeline(UpOptions options, PipelineOutput output, ChildProcess process) {
        this.options = options;
        this.output = output;
        this.process = process;
        this.follower = output.follow(process.output());
    }

    /**
     * Starts the pipeline and returns at once.
     *
     * @param home the project's directory with routes and settings
     * @param restarts earlier restarts, which the pipeline reports
     */
    static Pipeline start(Path home, UpOptions options, Path log, Terminal terminal, Restarts restarts)
            throws IOException {
        Logs.keepPrevious(log);
        List<String> command = new ArrayList<>(List.of(
                ChildJvm.java(),
                "@" + home.resolve("jvm.options"),
                "-Xmx512m",
                "-Dwadi.restart.count=" + restarts.count(),
                "-Dwadi.restart.cause=" + restarts.cause(),
                // Shorter than in production, so that files are visible soon.
                "-Dwadi.landing.roll-interval=5s"));
        List<String> arguments = List.of();
        if (options.examples()) {
            Path configuration = options.data().resolve("with-examples").toAbsolutePath();
            ExampleConfiguration.create(home, configuration);
            command.addAll(List.of(
                    "-Dwadi.streams.files=*",
                    "-Dwadi.cards.enabled=true",
                    "-Dwadi.indexing.setup=" + configuration.resolve("elasticsearch")));
            arguments = List.of("--config", configuration.toString());
        }
        command.addAll(ChildJvm.jar(Path.of("")));
        command.addAll(arguments);
        ChildProcess process = ChildProcess.start(
                ChildProcess.withoutVariables(CREDENTIALS),
                command,
                environment(options),
                home,
                ProcessBuilder.Redirect.PIPE);
        return new Pipeline(options, new PipelineOutput(log, terminal), process);
    }

    /**
     * Returns the settings that depend on the options, as environment variables, which override those of this JVM:
     * otherwise {@code WADI_KAFKA_BROKERS} of the shell would connect the pipeline to another cluster.
     */
    static Map<String, String> environment(UpOptions options) {
        ServerPorts servers = options.servers();
        return Map.of(
                "WADI_HTTP_HOST", "localhost",
                "WADI_HTTP_PORT", String.valueOf(options.httpPort()),
                "WADI_MANAGEMENT_HOST", "localhost",
                "WADI_MANAGEMENT_PORT", String.valueOf(options.managementPort()),
                "WADI_KAFKA_BROKERS", servers.kafkaBrokers(),
                "WADI_HDFS_URI", servers.hdfsUri(),
                "WADI_HDFS_WEB", "http://localhost:" + servers.hdfsWeb(),
                "WADI_ELASTICSEARCH_HOSTS", servers.elasticsearchHosts(),
                "WADI_LANDING_REPLICATION", "1");
    }

    /** Returns whether the pipeline reports itself ready. */
    boolean ready() {
        URI health = URI.create("http://localhost:" + options.managementPort() + "/observe/health/ready");
        HttpRequest request =
                HttpRequest.newBuilder(health).timeout(Duration.ofSeconds(5)).build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    boolean running() {
        return process.running();
    }

    int exitCode() {
        return process.exitCode();
    }

    /** Returns the last printed lines. */
    List<String> lastLines() {
        if (!running()) {
            awaitOutput();
        }
        return output.lastLines();
    }

    /**
     * Requests an orderly stop and waits for the end of the pipeline; kills it after the timeout.
     *
     * @return whether it ended within the timeout
     */
    boolean stop(Duration timeout) throws IOException {
        output.clear();
        process.requestStop();
        if (process.waitFor(timeout)) {
            return true;
        }
        process.kill();
        return false;
    }

    /** Kills the pipeline. The next start repeats its unfinished work. */
    void kill() {
        process.kill();
    }

    private void awaitOutput() {
        try {
            follower.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
