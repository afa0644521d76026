package io.wadi.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.management.lag.LagJson;
import io.wadi.management.lag.LagMonitor;
import io.wadi.management.lag.LagReport;
import io.wadi.management.lag.LagSettings;
import io.wadi.management.lag.LagStatus;
import io.wadi.management.lag.LagText;
import io.wadi.management.lag.RecordAges;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.http.BoundedHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code wadi lag}: prints the lag and status of all consumer groups. It queries the running pipeline, which has a
 * history of offsets. If no pipeline with the same Kafka responds, it samples offsets for three seconds.
 */
@Command(
        description = "Prints the lag of all consumer groups, in records and seconds, and the status of each.",
        exitCodeList = {
            "0:the worst status is OK",
            "1:the worst status is WARN",
            "2:Kafka does not respond or rejects the request, there is no such group, its offsets cannot be read, the pipeline rejects the credentials, or the arguments are invalid",
            "3:the worst status is STOP",
            "4:the worst status is STALL",
            "5:the worst status is REWIND"
        })
final class LagCommand extends OperatorCommand {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration SAMPLE_INTERVAL = Duration.ofSeconds(1);
    private static final int SAMPLES = 4;
    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_REPORT_BYTES = 64 << 20;
    private static final int MAX_ERROR_LENGTH = 300;
    /** The statuses of requests without valid credentials, and after too many failed logins. */
    private static final Set<Integer> DENIALS = Set.of(401, 429);

    @Option(names = "--group", paramLabel = "NAME", description = "One group, by partition.")
    private String group;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Option(names = "--watch", description = "Repeats the report every five seconds, until Ctrl-C.")
    private boolean watch;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description =
                    "User of the pipeline's management port. Prompts for the password, or reads the first line of standard input.")
    private String user;

    @Option(
            names = "--token",
            description =
                    "Sends a token to the pipeline's management port. Prompts for it, or reads the first line of standard input.")
    private boolean token;

    @Mixin
    private PipelineOptions pipeline;

    private boolean isDenied;
    private boolean isUnused;

    LagCommand(Terminal terminal) {
        super(terminal, "Could not read the lag");
    }

    @Override
    public Integer call() throws Exception {
        if (user != null && token) {
            throw usageError("lag accepts only one of --user and --token");
        }
        BoundedHttpClient http =
                new BoundedHttpClient(REQUEST_TIMEOUT, MAX_REPORT_BYTES, authorization(), Optional.empty());
        try (CommandConfiguration configured = pipeline.read();
                LagMonitor own = LagMonitor.of(configured.settings(), configured.kafka(), SAMPLE_INTERVAL)) {
            int code = print(report(configured, http, own));
            while (watch && !out().checkError()) {
                new CountDownLatch(1).await(WATCH_INTERVAL.toSeconds(), TimeUnit.SECONDS);
                try {
                    print(report(configured, http, own));
                } catch (KafkaException e) {
                    // The pipeline has stopped, and Kafka has never responded to this process.
                    terminal().err().println(failure() + ": " + Causes.reason(e));
                }
            }
            return watch ? 0 : code;
        }
    }

    /** Returns the value of the header {@code Authorization}; empty for none. */
    private String authorization() throws IOException {
        if (user != null) {
            return BoundedHttpClient.basic(user, String.valueOf(terminal().password("Password of " + user)));
        }
        return token ? "Bearer " + String.valueOf(terminal().password("Token")).strip() : "";
    }

    private ObjectNode report(CommandConfiguration configured, BoundedHttpClient http, LagMonitor own)
            throws InterruptedException {
        Settings settings = configured.settings();
        Optional<ObjectNode> running = ofPipeline(settings, http);
        ObjectNode report = running.isPresent() ? running.get() : sample(configured, own);
        if (report.get("time").isNull()) {
            throw new KafkaException("Kafka at " + settings.get(WadiSettings.KAFKA_BROKERS) + ": "
                    + report.get("problem").asText());
        }
        return report;
    }

    /** Returns the address of the report of the pipeline that has bound an address and a port. */
    static String address(String bound, long port) {
        return "http://%s:%s/api/lag".formatted(hostOf(bound), port);
    }

    /** Returns the host for a request to a bound address; localhost if the port is bound to all addresses. */
    private static String hostOf(String bound) {
        if (bound.equals("0.0.0.0") || bound.equals("::")) {
            return "localhost";
        }
        return bound.contains(":") ? "[" + bound + "]" : bound;
    }

    /**
     * Returns the report of the running pipeline; empty if no pipeline runs here, it has no report yet, it uses another
     * Kafka, or it requires credentials and the command has none.
     */
    private Optional<ObjectNode> ofPipeline(Settings settings, BoundedHttpClient http) throws InterruptedException {
        String address =
                address(settings.get(WadiSettings.MANAGEMENT_HOST), settings.get(WadiSettings.MANAGEMENT_PORT));
        try {
            BoundedHttpClient.Response response = http.send(HttpRequest.newBuilder(URI.create(address)));
            if (DENIALS.contains(response.status())) {
                denied(address, response);
                return Optional.empty();
            }
            if (response.status() == 200
                    && JSON.readTree(response.body()) instanceof ObjectNode report
                    && report.path("brokers").asText().equals(settings.get(WadiSettings.KAFKA_BROKERS))
                    && !report.path("time").isMissingNode()
                    && !report.path("time").isNull()) {
                return Optional.of(report.put("from", address));
            }
            unused(address, "status %d without a report of this Kafka".formatted(response.status()));
        } catch (IOException e) {
            unused(address, Causes.inShort(e));
        }
        return Optional.empty();
    }

    /** Reports once that credentials have no effect; without them, a missing pipeline is no problem. */
    private void unused(String address, String reason) {
        if ((user != null || token) && !isUnused) {
            terminal()
                    .err()
                    .printf("The credentials have no effect: the pipeline at %s is not used: %s%n", address, reason);
            isUnused = true;
        }
    }

    private void denied(String address, BoundedHttpClient.Response response) {
        if (user != null || token) {
            throw new IllegalArgumentException("The pipeline at %s rejected the credentials: %d %s"
                    .formatted(address, response.status(), response.text(MAX_ERROR_LENGTH)));
        }
        if (!isDenied) {
            terminal()
                    .err()
                    .printf(
                            "The pipeline at %s requires credentials (%d): its history is not used; expected --user or --token%n",
                            address, response.status());
        }
        isDenied = true;
    }

    private static ObjectNode sample(CommandConfiguration configured, LagMonitor own) throws InterruptedException {
        KafkaClients kafka = configured.kafka();
        LagReport report = own.sample();
        for (int i = 1; i < SAMPLES && report.problem().isEmpty(); i++) {
            new CountDownLatch(1).await(SAMPLE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
            report = own.sample();
        }
        if (report.problem().isEmpty()) {
            report = RecordAges.fill(report, kafka.readerProperties());
        }
        return LagJson.of(report, configured.settings().get(WadiSettings.KAFKA_BROKERS))
                .put("from", "Kafka");
    }

    private int print(ObjectNode report) throws IOException {
        if (group != null) {
            select(report);
        }
        if (json) {
            out().println(watch ? report.toString() : report.toPrettyString());
        } else {
            LagText.of(report, group != null).forEach(out()::println);
            if (watch) {
                out().println();
            }
        }
        out().flush();
        if (!report.get("problem").isNull()) {
            terminal()
                    .err()
                    .println("Could not read the lag: " + report.get("problem").asText());
            return NOT_DONE;
        }
        LagStatus worst = LagStatus.valueOf(report.get("status").asText());
        if (group != null && worst == LagStatus.OK && isUnknown(report.at("/groups/0"))) {
            terminal()
                    .err()
                    .println("Could not read the lag of group \"%s\": %s"
                            .formatted(group, report.at("/groups/0/problem").asText()));
            return NOT_DONE;
        }
        return exitCode(worst);
    }

    /** Returns whether an offset of a group could not be read. */
    private static boolean isUnknown(JsonNode group) {
        boolean isUnknown = group.get("lag").isNull();
        for (JsonNode each : group.get("partitions")) {
            isUnknown |= each.get("lag").isNull();
        }
        return isUnknown;
    }

    private void select(ObjectNode report) {
        ArrayNode groups = JSON.createArrayNode();
        for (JsonNode each : report.get("groups")) {
            if (each.get("group").asText().equals(group)) {
                groups.add(each);
            }
        }
        if (groups.isEmpty() && report.get("omitted").asText().contains(LagSettings.MAX_GROUPS.name())) {
            throw new IllegalArgumentException("Group \"%s\" is not one of the monitored groups of Kafka at %s. %s"
                    .formatted(
                            group,
                            report.get("brokers").asText(),
                            report.get("omitted").asText()));
        }
        if (groups.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no consumer group \"%s\" in Kafka at %s; see ./wadi groups describe %s for other kinds of groups."
                            .formatted(group, report.get("brokers").asText(), group));
        }
        report.set("groups", groups);
        report.put("status", groups.get(0).get("status").asText());
    }

    private static int exitCode(LagStatus worst) {
        return switch (worst) {
            case OK -> 0;
            case WARN -> 1;
            case STOP -> 3;
            case STALL -> 4;
            case REWIND -> 5;
            case NOTFOUND, ERR -> NOT_DONE;
        };
    }
}
