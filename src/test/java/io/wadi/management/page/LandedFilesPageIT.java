package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.Ports;
import io.wadi.testing.Browser;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Landed files, their content and audit, and the documents of an index, on the page of a running pipeline. */
class LandedFilesPageIT {
    private static final String TOPIC = "page-files";
    /** A topic with files written by the test: with a gap, offsets in two files, and a hidden file. */
    private static final String BROKEN = "page-files.broken";

    private static final String SECRET = "hunter2";
    private static final int RECORDS = 40;

    @TempDir
    static Path configuration;

    @AutoClose
    private static RunningWadi wadi;

    private static Browser browser;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startWithTopic(configuration, TOPIC, 2, Map.of());
        for (int i = 0; i < RECORDS - 1; i++) {
            KafkaProbe.send(new ProducerRecord<>(
                    TOPIC,
                    0,
                    null,
                    bytes("{\"number\":" + i + ",\"password\":\"" + SECRET
                            + "\",\"text\":\"<img src=x onerror='window.broken=1'>\"}")));
        }
        KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, bytes("this is no JSON")));
        TopicProbe.create(BROKEN, 1);
        for (int i = 0; i < 20; i++) {
            KafkaProbe.send(new ProducerRecord<>(BROKEN, 0, null, bytes("{\"number\":" + i + "}")));
        }
        writeLandedFile(0, 4, "partition=0");
        writeLandedFile(3, 6, "partition=0");
        writeLandedFile(10, 19, "partition=0");
        writeLandedFile(7, 9, "_hidden");
        await().until(() -> HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC) == RECORDS);
        await().until(() ->
                json("/api/indexed").at("/topics/0/explanation").asText().endsWith("or a dead letter."));
        browser = Browser.shared();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static void writeLandedFile(int first, int last, String directory) throws IOException {
        try (FileSystem hdfs = HdfsProbe.open()) {
            String path = "/%s/%s/%s/%s".formatted(TOPIC, BROKEN, directory, brokenName(first, last));
            try (FSDataOutputStream out = hdfs.create(new org.apache.hadoop.fs.Path(path))) {
                for (int i = first; i <= last; i++) {
                    out.write(bytes("{\"number\":" + i + "}\n"));
                }
            }
        }
    }

    private static String brokenName(int first, int last) {
        return "%s+0+%020d+%020d.jsonl".formatted(BROKEN, first, last);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return Http.get(wadi.managementUrl() + path);
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Http.json(response);
    }

    private static String error(HttpResponse<String> response, int status) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return Http.json(response).path("error").asText();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    // ---- the API

    @Test
    void topics_listsTopicsWithFiles_andTheirCoveredOffsets() throws Exception {
        JsonNode response = json("/api/landed");

        assertThat(response.path("directory").asText()).isEqualTo("/" + TOPIC);
        assertThat(response.path("topics").findValuesAsText("topic")).containsExactly(TOPIC, BROKEN);
        JsonNode whole = response.at("/topics/0");
        assertThat(whole.path("offsets").asInt()).isEqualTo(RECORDS);
        assertThat(whole.path("missing").asInt()).isZero();
        assertThat(whole.path("doubled").asInt()).isZero();
        assertThat(whole.path("bytes").asLong()).isPositive();
        JsonNode broken = response.at("/topics/1");
        assertThat(broken.path("files").asInt()).isEqualTo(3);
        assertThat(broken.path("offsets").asInt()).isEqualTo(17);
        assertThat(broken.path("missing").asInt()).isEqualTo(3);
        assertThat(broken.path("doubled").asInt()).isEqualTo(2);
    }

    @Test
    void files_haveTheirOffsetRanges_newestFirst() throws Exception {
        JsonNode listing = json("/api/landed/" + BROKEN).path("listing");

        JsonNode partition = listing.at("/partitions/0");
        assertThat(partition.path("first").asInt()).isZero();
        assertThat(partition.path("last").asInt()).isEqualTo(19);
        assertThat(partition.path("gaps")).hasToString("[{\"first\":7,\"last\":9}]");
        assertThat(partition.path("overlaps")).hasToString("[{\"first\":3,\"last\":4}]");
        assertThat(listing.path("newest").findValuesAsText("file"))
                .containsExactly(
                        "partition=0/" + brokenName(10, 19),
                        "partition=0/" + brokenName(3, 6),
                        "partition=0/" + brokenName(0, 4));
        assertThat(listing.path("time").asLong())
                .isGreaterThanOrEqualTo(listing.at("/newest/0/modified").asLong());
    }

    @Test
    void preview_showsRecordsMasked() throws Exception {
        String file = json("/api/landed/" + TOPIC).findValuesAsText("file").stream()
                .filter(each -> each.contains("+%020d+".formatted(0)))
                .findFirst()
                .orElseThrow();

        JsonNode preview = json("/api/landed/" + TOPIC + "/preview?file=" + encoded(file));

        assertThat(preview.path("path").asText()).isEqualTo("/" + TOPIC + "/" + TOPIC + "/" + file);
        assertThat(preview.path("format").asText()).isEqualTo("jsonl");
        assertThat(preview.toString()).contains("•••").doesNotContain(SECRET);
        JsonNode first = preview.at("/first/0");
        assertThat(first.path("offset").asInt()).isZero();
        assertThat(first.path("time").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../../etc/passwd",
                "partition=0",
                "partition=0/",
                "partition=0/..",
                "partition=0/../../_tmp/page-files.broken/0/x",
                "_hidden/page-files.broken+0+00000000000000000007+00000000000000000009.jsonl",
                "partition=0/_hidden/page-files.broken+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=0/.hidden/page-files.broken+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=0//page-files.broken+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=0/../partition=0/page-files.broken+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=0/./page-files.broken+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=1/page-files.broken+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=0/page-files+0+00000000000000000000+00000000000000000004.jsonl",
                "partition=0/page-files.broken+0+00000000000000000000+00000000000000000004.exe",
                "page-files.broken+0+00000000000000000000+00000000000000000004.jsonl"
            })
    void preview_invalidPath_isRejected(String file) throws Exception {
        assertThat(error(get("/api/landed/" + BROKEN + "/preview?file=" + encoded(file)), 400))
                .startsWith("invalid path '" + file + "' of a landed file of " + BROKEN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            _tmp             | 400 | invalid name '_tmp' of a landed topic
            .snapshot        | 400 | invalid name '.snapshot' of a landed topic
            a b              | 400 | invalid name 'a b' of a landed topic
            ..%2F..          | 400 | invalid name '../..' of a landed topic
            nowhere          | 404 | no landed files of topic nowhere: no partition directories in /page-files/nowhere
            """)
    void topicWithoutLandedFiles_isRejectedWithTheReason(String topic, int status, String why) throws Exception {
        String path = "/api/landed/" + topic.replace(" ", "%20");

        assertThat(error(get(path), status)).startsWith(why);
        assertThat(error(get(path + "/preview?file=x"), status == 404 ? 400 : status))
                .isNotEmpty();
        assertThat(error(Http.send("POST", wadi.managementUrl() + path + "/audit"), status))
                .startsWith(why);
    }

    @Test
    void preview_missingFile_isNotFound() throws Exception {
        assertThat(error(
                        get("/api/landed/" + BROKEN + "/preview?file=" + encoded("partition=0/" + brokenName(50, 60))),
                        404))
                .isEqualTo("no such file: /page-files/page-files.broken/partition=0/" + brokenName(50, 60));
        assertThat(error(get("/api/landed/" + BROKEN + "/preview"), 400)).startsWith("file is missing");
    }

    @Test
    void audit_distinguishesGaps_andIsKept() throws Exception {
        HttpResponse<String> response = Http.send("POST", wadi.managementUrl() + "/api/landed/" + BROKEN + "/audit");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode audit = Http.json(response);
        assertThat(audit.path("sound").asBoolean()).isFalse();
        assertThat(audit.path("result").asText()).startsWith(BROKEN + " has ERRORS: 3 lost, 2 duplicated");
        assertThat(audit.at("/partitions/0/lost").asInt()).isEqualTo(3);
        assertThat(audit.at("/partitions/0/doubled").asInt()).isEqualTo(2);
        assertThat(audit.path("findings").findValuesAsText("text"))
                .anySatisfy(text -> assertThat(text).startsWith("gap 7 to 9, 3 offsets: lost."));
        assertThat(json("/api/landed/" + BROKEN).path("audit")).isEqualTo(audit);
        JsonNode sound = Http.json(Http.send("POST", wadi.managementUrl() + "/api/landed/" + TOPIC + "/audit"));
        assertThat(sound.path("result").asText()).startsWith(TOPIC + " has no errors: 40 offsets in ");
    }

    @Test
    void audit_isNotStartedByAGetRequest() throws Exception {
        assertThat(get("/api/landed/" + BROKEN + "/audit").statusCode()).isEqualTo(405);
    }

    @Test
    void indexed_comparesDocumentsWithOffsetsAndDeadLetters() throws Exception {
        JsonNode topic = json("/api/indexed").at("/topics/0");

        assertThat(topic.path("topics")).hasToString("[\"" + TOPIC + "\"]");
        assertThat(topic.path("index").asText()).isEqualTo(TOPIC);
        assertThat(topic.path("group").asText()).isEqualTo(TOPIC + "-indexing");
        assertThat(topic.path("documents").asInt()).isEqualTo(RECORDS - 1);
        assertThat(topic.path("committed").asInt()).isEqualTo(RECORDS);
        assertThat(topic.path("deadLetters").asInt()).isEqualTo(1);
        assertThat(topic.path("behind").asInt()).isZero();
        assertThat(topic.path("difference").asInt()).isZero();
        assertThat(topic.path("partitions")).hasSize(2);
    }

    @Test
    @Nightly(perChange = {"IndexBalanceTest", "LandedRoutesTest#failedAudit_reportsTheReason_andTheNextMayStart"})
    void unavailableServers_areReported_andOtherDataIsShown(@TempDir Path other) throws Exception {
        String nowhere = "localhost:" + Ports.free();
        try (RunningWadi lonely = RunningWadi.startWithTopic(
                other,
                "page-files-lonely",
                1,
                Map.of(
                        "wadi.elasticsearch.hosts", "http://" + nowhere,
                        "wadi.hdfs.uri", "hdfs://" + nowhere,
                        "wadi.hdfs.request-timeout", "3s"))) {
            HttpResponse<String> landed = Http.get(lonely.managementUrl() + "/api/landed");
            assertThat(error(landed, 503)).startsWith("HDFS request failed: ").doesNotContain("\n");

            JsonNode indexed = Http.json(Http.get(lonely.managementUrl() + "/api/indexed"));
            assertThat(indexed.path("problems")).hasSize(1);
            assertThat(indexed.at("/problems/0").asText()).startsWith("Elasticsearch does not respond: ");
            assertThat(indexed.at("/topics/0/documents").isNull()).isTrue();
            assertThat(indexed.at("/topics/0/partitions/0/end").asInt()).isZero();
            assertThat(indexed.at("/topics/0").has("difference")).isFalse();

            browser.show(lonely.managementUrl() + "/#files");
            browser.press("#files-ask");
            browser.soon("#files-status", shown -> shown.contains("Elasticsearch does not respond"));
            assertThat(browser.text("#files-status")).contains("HDFS request failed");
            assertThat(browser.text("#files-rows")).contains("HDFS did not respond");
            assertThat(browser.text("#indexed-rows")).contains("page-files-lonely", "unknown");
            screenshot("files-servers-down");
            browser.driver().get("about:blank");
            browser.console(); // the console has the rejected requests of this test
        }
    }

    // ---- the page

    @Test
    @Nightly(
            perChange = {
                "LandedFilesPageIT#audit_distinguishesGaps_andIsKept",
                "LandedFilesPageIT#preview_showsRecordsMasked",
                "PageOnPipelineIT#records_areShownAsText_withAnyContent"
            })
    void page_showsFilesAuditAndRecords() throws Exception {
        browser.show(wadi.managementUrl() + "/");
        browser.soon("#topics-rows", shown -> shown.contains(TOPIC));
        assertThat(browser.text("#files-rows")).isEmpty();

        browser.press("nav a[href='#files']");
        browser.soon("#files-rows", shown -> shown.contains(TOPIC));
        assertThat(browser.text("#files-rows")).contains("40 no gap", "17 3 in no file 2 in two files");
        assertThat(browser.text("#indexed-rows"))
                .contains(
                        "route indexing → " + TOPIC,
                        "complete",
                        "Every committed offset is a document or a dead letter.");
        assertThat(browser.text("#files-status")).startsWith("As of ");

        browser.press("button[aria-label='files of " + BROKEN + "']");
        browser.soon("#landed-partitions", shown -> shown.contains("no file: 7 to 9; two files: 3 to 4"));
        assertThat(browser.text("#landed-files")).contains("10 to 19", "3 to 6", "0 to 4", "jsonl");
        browser.press("#landed-audit");
        browser.soon("#audit-result", shown -> shown.contains("has ERRORS"));
        assertThat(browser.text("#audit-findings")).contains("gap 7 to 9, 3 offsets: lost.");
        assertThat(browser.text("#landed-partitions")).contains("errors", "3 lost; 2 duplicated");

        browser.press("button[aria-label='show partition=0/" + brokenName(10, 19) + "']");
        browser.soon("#preview-status", shown -> shown.startsWith("10 records in "));
        assertThat(browser.text("#preview-first")).contains("0@10", "0@19");
        browser.checkAppearance("#files", "files-broken");
        browser.view(1400, false);

        browser.press("button[aria-label='files of " + TOPIC + "']");
        browser.soon("#landed-files", shown -> shown.contains("jsonl"));
        assertThat(isHidden("preview")).isTrue();
        browser.press("#landed-audit");
        browser.soon("#audit-result", shown -> shown.contains(TOPIC + " has no errors"));
        assertThat(browser.text("#landed-partitions")).contains("none").doesNotContain("errors");
        browser.press("#landed-files button[aria-label*='+00000000000000000000+']");
        browser.soon("#preview-status", shown -> shown.contains("of jsonl, closed"));
        browser.run("document.querySelectorAll('#preview details').forEach(each => each.open = true)");
        assertThat(browser.text("#preview")).contains("•••").doesNotContain(SECRET);
        assertThat(browser.run("return window.broken === undefined")).isEqualTo(true);
        assertThat(browser.text("#preview")).contains("unknown");
        screenshot("files-preview");
        browser.press("#landed-close");
        assertThat(isHidden("landed")).isTrue();
        assertThat(browser.console()).isEmpty();
    }

    private static boolean isHidden(String id) {
        return Boolean.TRUE.equals(browser.run("return document.getElementById(arguments[0]).hidden", id));
    }

    private static void screenshot(String name) throws IOException {
        browser.screenshot(
                Files.createDirectories(Path.of("target/screenshots")).resolve(name + ".png"));
    }
}
