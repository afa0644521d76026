package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code ./wadi up} from the launcher to the last stop, with {@code target/wadi.jar} and the shipped configuration:
 * events are landed and indexed, each process is killed, and each start uses the data of the previous one.
 */
class UpIT {
    private static final Pattern PID = Pattern.compile("\\(pid (\\d+)\\)");

    @AutoClose
    private UpProcess up;

    @BeforeEach
    void makeProject() throws IOException {
        up = new UpProcess();
    }

    @Test
    void event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder() throws Exception {
        up.start(
                Map.of("WADI_KAFKA_BROKERS", "localhost:1", "WADI_HTTP_PORT", "1", "WADI_ELASTICSEARCH_USER", "other"));
        awaitStored(send("only"), "only");
        assertThat(up.warnings()).isEmpty();
        up.requestStop();
        assertThat(up.awaitEnd()).as(up.terminal()).isZero();
        assertThat(up.terminal())
                .contains("Stopped. The data is kept in " + up.home().resolve(".wadi"));
    }

    @Test
    @Nightly(
            perChange = {
                "UpIT#event_isLandedAndIndexed_despiteAddressesInTheEnvironment_andUpStopsInOrder",
                "RestartsTest"
            })
    void event_isLandedAndIndexed_andKept_afterKillingAnyProcess() throws Exception {
        up.start(Map.of());
        JsonNode first = send("first");
        awaitStored(first, "first");
        kill(up.servers().elasticsearch());
        assertThat(up.awaitEnd()).as(up.terminal()).isEqualTo(1);
        assertThat(up.terminal()).contains("Elasticsearch ended by itself", "Stopped after a failure.");

        up.start(Map.of());
        JsonNode second = send("second");
        kill(up.http());
        await().atMost(UpProcess.LONG)
                .untilAsserted(
                        () -> assertThat(up.terminal())
                                .containsPattern(
                                        "The pipeline was killed by signal 9 \\(exit code 137\\) after \\d+ s: restart 1 in 1 s"));
        up.awaitReady();
        assertThat(Http.get("http://localhost:" + up.management() + "/observe/health")
                        .body())
                .contains("restarts: 1, the last one after the process was killed by signal 9");
        JsonNode third = send("third");
        up.killCommand();
        up.awaitEnd();

        up.start(Map.of());
        awaitStored(first, "first");
        awaitStored(second, "second");
        awaitStored(third, "third");
        up.requestStop();
        assertThat(up.awaitEnd()).as(up.terminal()).isZero();
        assertThat(up.terminal())
                .contains("Stopped. The data is kept in " + up.home().resolve(".wadi"));
    }

    /** Sends an event and returns its receipt. */
    private JsonNode send(String user) throws Exception {
        HttpResponse<String> answer = Http.get("http://localhost:" + up.http() + "/api/select?color=red&user=" + user);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Http.json(answer);
    }

    /** Waits until the event is once in the files of its partition, and once in the index with its offset. */
    private void awaitStored(JsonNode receipt, String user) {
        String directory =
                "%s/data/select-color/partition=%s".formatted(up.servers().webHdfsUrl(), receipt.path("partition"));
        String document = "%s/select-color-index/_doc/select-color%%2B%s%%2B%s"
                .formatted(up.servers().elasticsearchUrl(), receipt.path("partition"), receipt.path("offset"));
        await().atMost(UpProcess.LONG)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    assertThat(landed(directory)).containsOnlyOnce('"' + user + '"');
                    assertThat(Http.get(document).body()).contains('"' + user + '"');
                });
    }

    private static String landed(String directory) throws Exception {
        StringBuilder records = new StringBuilder();
        for (JsonNode file : Http.json(Http.get(directory + "?op=LISTSTATUS"))
                .path("FileStatuses")
                .path("FileStatus")) {
            String name = file.path("pathSuffix").asText();
            if (name.endsWith(".jsonl")) {
                records.append(Http.get("%s/%s?op=OPEN".formatted(directory, name.replace("+", "%2B")))
                        .body());
            }
        }
        return records.toString();
    }

    /** Kills the process that listens on a port. */
    private static void kill(int port) {
        Matcher pid = PID.matcher(Ports.takenBy(port).orElse("none"));
        assertThat(pid.find()).as("a process that listens on port %d", port).isTrue();
        ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow().destroyForcibly();
    }
}
