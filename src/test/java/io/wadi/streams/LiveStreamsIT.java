package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.runtime.reload.WatchedFiles;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Streams files that are edited while their topologies run on real Kafka, under load. */
class LiveStreamsIT {
    private static final int PARTITIONS = 2;
    private static final int KEYS = 5;
    private static final int EDITS = 4;

    @TempDir
    private Path directory;

    private String name;

    @AutoClose
    private RunningWadi wadi;

    @AutoClose
    private final Warnings warnings = new Warnings(WatchedFiles.class.getName());

    @BeforeEach
    void name(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName().replaceFirst("_.*", "");
        Files.createDirectories(directory.resolve("streams"));
        Path routes = Files.createDirectories(directory.resolve("routes"));
        Files.copy(Path.of("routes", "errors.camel.yaml"), routes.resolve("errors.camel.yaml"));
        TopicProbe.create(name + ".in", PARTITIONS);
        TopicProbe.create(name + ".out", 1);
    }

    private void start() throws Exception {
        wadi = RunningWadi.startConfigured(
                directory,
                Map.of(
                        "wadi.streams.files",
                        "*",
                        "wadi.reload.enabled",
                        "true",
                        "wadi.streams.state-directory",
                        directory.resolve("state").toString()));
    }

    /** Replaces the file atomically, as editors do. */
    private void save(String file, String text) throws Exception {
        Path half = Files.writeString(directory.resolve("half"), text.replace("NAME", name));
        Files.move(half, directory.resolve("streams").resolve(file + ".yaml"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String counting(String word) {
        return """
                from: {topic: NAME.in, value: json}
                steps:
                  - select-key: {jq: .k}
                  - count: true
                  - map: {jq: '"%s \\(.)"'}
                to: NAME.out
                """.formatted(word);
    }

    @Test
    @Nightly(
            perChange = {
                "LiveStreamsIT#rejectedChanges_areReported_andRunningTopologiesContinue",
                "StreamsRestartIT#counts_continueAfterARestart_andInvalidRecordsAreDeadLetters"
            })
    void editsUnderLoad_processEachRecordOnce() throws Exception {
        save(name, counting("a0"));
        start();
        try (SteadyLoad load =
                SteadyLoad.start(name + ".in", PARTITIONS, number -> "{\"k\":\"k%d\"}".formatted(number % KEYS))) {
            for (int edit = 1; edit <= EDITS; edit++) {
                await().untilAsserted(() -> assertThat(results()).hasSizeGreaterThan(100));
                String word = "a" + edit;
                save(name, counting(word));
                await().until(() -> results().stream()
                        .anyMatch(result -> text(result.value()).startsWith(word + " ")));
                int applied = edit;
                await().untilAsserted(() -> assertThat(changes("applied")).isEqualTo(applied));
            }
            load.stop();
            Map<String, Long> truth = new TreeMap<>();
            for (int number = 0; number < load.sent(); number++) {
                truth.merge("k" + number % KEYS, 1L, Long::sum);
            }
            await().untilAsserted(() -> assertThat(last()).isEqualTo(truth));
            Map<String, List<Long>> reported = new HashMap<>();
            results()
                    .forEach(result -> reported.computeIfAbsent(text(result.key()), key -> new ArrayList<>())
                            .add(count(result)));
            assertThat(reported)
                    .hasSize(KEYS)
                    .allSatisfy((key, counts) ->
                            assertThat(counts).as(key).isSorted().doesNotHaveDuplicates());
            System.out.printf("LiveStreamsIT: %d edits beside %d records%n", EDITS, load.sent());
        }
        assertThat(warnings.lines()).isEmpty();
    }

    @Test
    void rejectedChanges_areReported_andRunningTopologiesContinue() throws Exception {
        save(name, counting("first"));
        start();
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=first 1"));

        save(name, counting("second").replace("count: true", "cont: true"));
        reports("streams/%s.yaml line 4, column 5: cont: there is no such step; did you mean count?".formatted(name));
        save(name, counting("second").replace("- count", "- window: {tumbling: 5s}\n  - count"));
        reports(
                "streams/%s.yaml line 5: main-1 is count of records of %s.in by select-key (jq .k) as string, in tumbling windows"
                        .formatted(name, name));
        reports("or, to discard the state, stop Wadi, run ./wadi streams reset %s --apply, and start Wadi"
                .formatted(name));
        save(name, counting("second").replace(".k", ".other"));
        reports(
                "main-1 is count of records of %s.in by select-key (jq .other) as string, but the existing state is count of"
                        .formatted(name));
        save(name, counting("second").replace("from:", "application: another\nfrom:"));
        reports("streams/%s.yaml: application is another, but the existing state is wadi-%s".formatted(name, name));
        save(name, counting("second").replace("to: NAME.out", "to: NAME.nowhere"));
        reports("Kafka does not have %s.nowhere: declare it in topics.yaml".formatted(name));
        assertThat(changes("applied")).isZero();
        assertThat(Scrape.of(wadi).sum("wadi_streams_rejected")).isEqualTo(1);

        assertThat(sent("b")).contains("b=first 1");
        save(name, counting("second"));
        await().untilAsserted(() -> assertThat(changes("applied")).isEqualTo(1));
        await().untilAsserted(() -> assertThat(sent("c")).contains("c=second 1"));
        assertThat(Scrape.of(wadi).sum("wadi_streams_rejected")).isZero();

        // Each file alone fits in half of the heap.
        long ids = Runtime.getRuntime().maxMemory() / 2 / 288 / PARTITIONS * 6 / 10;
        Set<String> members = GroupProbe.members("wadi-" + name);
        save(name, "# a comment changes nothing\n" + counting("second"));
        save(name + "-ids", deduplicating(ids));
        await().untilAsserted(() -> assertThat(changes("applied")).isEqualTo(2));
        assertThat(GroupProbe.members("wadi-" + name)).isNotEmpty().isEqualTo(members);
        save(name + "-more", deduplicating(ids));
        reports("streams/%s-more.yaml: deduplicate: partitions × max-ids is %d (%d in streams/%s-ids.yaml, %d in"
                .formatted(name, 2 * PARTITIONS * ids, PARTITIONS * ids, name, PARTITIONS * ids));
        assertThat(changes("applied")).isEqualTo(2);
    }

    /** The state has the sums in the order of their fields. */
    @Test
    void changedOrderOfAggregates_isRejected() throws Exception {
        String sums = """
                from: {topic: NAME.in, value: json}
                steps:
                  - select-key: {jq: .k}
                  - aggregate: {%s}
                to: NAME.out
                """;
        save(name, sums.formatted("count: {count: true}, sum: {sum: {jq: .other}}"));
        start();

        save(name, sums.formatted("sum: {sum: {jq: .other}}, count: {count: true}"));

        reports("streams/%s.yaml line 4: main-1 is sum sum (jq .other), count of records of".formatted(name));
    }

    @Test
    void changeWhileStopped_thatIsRejected_canBeUndone() throws Exception {
        save(name, counting("first"));
        start();
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=first 1"));
        wadi.close();
        save(name, counting("second").replace("count: true", "sum: {jq: .other}"));
        start();
        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/observe/health").body())
                .contains(name + ".yaml line 4: main-1 is sum sum (jq .other) of records of"));

        save(name, counting("third").replace("count: true", "max: {jq: .other}"));
        reports("streams/%s.yaml line 4: main-1 is max max (jq .other) of records of".formatted(name));
        reports("but the existing state is count of records of");
        save(name, counting("third"));

        await().untilAsserted(() -> assertThat(sent("a")).contains("a=third 2"));
    }

    private static String deduplicating(long maxIds) {
        return """
                from: {topic: NAME.in, value: json}
                steps:
                  - deduplicate: {by: /k, within: 1h, max-ids: %d}
                to: NAME.out
                """.formatted(maxIds);
    }

    @Test
    @Nightly(perChange = {"DeclaredFlowTest", "LiveStreamsIT#rejectedChanges_areReported_andRunningTopologiesContinue"})
    void renamedAndChangedFile_mayNotChangeTheStateOfItsApplication() throws Exception {
        String application = "application: " + name + "\n";
        save(name, application + counting("first"));
        start();
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=first 1"));

        save(name + "-new", application + counting("first").replace("count: true", "sum: {jq: .other}"));
        reports("application %s is also that of streams/".formatted(name));
        Files.delete(directory.resolve("streams").resolve(name + ".yaml"));

        reports("streams/%s-new.yaml line 5: main-1 is sum".formatted(name));
        reports("give the changed file another name and another application, or, to discard the state, stop Wadi");
        assertThat(sent("a")).contains("a=first 2");
    }

    @Test
    void renamedFileWithTheSameApplication_continues_orThePreviousOneDoes() throws Exception {
        save(name, "application: " + name + "\n" + counting("first"));
        start();
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=first 1"));
        Path streams = directory.resolve("streams");
        // Camel parses the end of the name as a parameter.
        Path invalid = streams.resolve(name + "-other?option=1.yaml");

        Files.move(streams.resolve(name + ".yaml"), invalid);
        reports("streams/%s-other?option=1.yaml: replacing its application failed: ".formatted(name));
        assertThat(sent("b")).contains("b=first 1");

        Files.move(invalid, streams.resolve(name + "-new.yaml"));
        await().untilAsserted(() -> assertThat(changes("applied")).isEqualTo(1));
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=first 2"));
    }

    @Test
    void renamedFile_isRejected_unlessItKeepsItsApplication() throws Exception {
        save(name, counting("first"));
        start();
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=first 1"));
        Path streams = directory.resolve("streams");

        Files.move(streams.resolve(name + ".yaml"), streams.resolve(name + "-new.yaml"));

        reports(
                "streams/%s-new.yaml: has the content of the removed streams/%s.yaml, but its application wadi-%s-new would begin with the first records: set application: wadi-%s"
                        .formatted(name, name, name, name));
        save(name + "-new", "application: wadi-" + name + "\n" + counting("renamed"));
        await().untilAsserted(() -> assertThat(sent("a")).anyMatch(result -> result.startsWith("a=renamed ")));
        assertThat(sent("a")).doesNotContain("a=renamed 1");
    }

    @Test
    @Nightly(perChange = {"LiveStreamsIT#rejectedChanges_areReported_andRunningTopologiesContinue"})
    void rejectedFile_savedAgain_isAppliedOnceTheReasonIsGone() throws Exception {
        save(name, counting("first"));
        start();
        String changed = counting("second").replace("to: NAME.out", "to: NAME.late");
        save(name, changed);
        reports("Kafka does not have %s.late: declare it in topics.yaml".formatted(name));
        TopicProbe.create(name + ".late", 1);

        save(name, changed);

        await().untilAsserted(() -> assertThat(changes("applied")).isEqualTo(1));
        assertThat(Scrape.of(wadi).sum("wadi_streams_rejected")).isZero();
        assertThat(changes("rejected")).isEqualTo(1);
    }

    @Test
    void changeWithAFileThatFailsToStart_isReportedAsPartlyApplied() throws Exception {
        save(name, counting("first"));
        start();
        // Camel parses the end of the name as a parameter.
        String other = name + "-other?option=1";
        save(other, "application: other\n" + counting("any"));
        reports("streams/%s.yaml: replacing its application failed: ".formatted(other));
        assertThat(warnings.take()).anyMatch(line -> line.endsWith("; the running configuration is unchanged:"));

        save(name, counting("second"));

        reports("; %s changed; the other applications are unchanged until a file is saved again:".formatted(name));
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=second 1"));
    }

    @Test
    @Nightly(
            perChange = {
                "LiveStreamsIT#rejectedChanges_areReported_andRunningTopologiesContinue",
                "StreamsFilesTest#applicationThatIsAConsumerGroupOfWadi_isAMistake"
            })
    void nameOfABuiltInTopology_isRejected() throws Exception {
        save(name, counting("first"));
        start();
        save("alerts", "application: " + name + "-other\n" + counting("any"));
        reports("streams/alerts.yaml: the name is that of one of Wadi's own topologies: rename the file");
        save("alerts", counting("any"));
        reports(
                "streams/alerts.yaml: application wadi-alerts is the value of wadi.alerts.application: set application to an"
                        + " id of its own");
    }

    @Test
    void filesAddedAndRemoved_startAndStopTheirTopologies() throws Exception {
        start();
        assertThat(Http.get(wadi.managementUrl() + "/tables").body()).isEqualTo("[]");

        save(name, counting("new"));
        await().untilAsserted(() -> assertThat(sent("a")).contains("a=new 1"));
        assertThat(Http.get(wadi.managementUrl() + "/tables/" + name + "/a").body())
                .contains("\"value\":");

        Files.delete(directory.resolve("streams").resolve(name + ".yaml"));
        await().until(() -> GroupProbe.members("wadi-" + name).isEmpty());
        await().untilAsserted(() -> assertThat(
                        Http.get(wadi.managementUrl() + "/connectors").body())
                .doesNotContain("streams-" + name));
        assertThat(Http.get(wadi.managementUrl() + "/tables").body()).isEqualTo("[]");
        assertThat(warnings.lines()).isEmpty();
    }

    /** Sends a record with this key, waits for its result and returns all results. */
    private List<String> sent(String key) throws Exception {
        int before = results().size();
        KafkaProbe.send(new ProducerRecord<>(
                name + ".in", null, "{\"k\":\"%s\",\"other\":1}".formatted(key).getBytes(UTF_8)));
        await().until(() -> results().size() > before);
        return results().stream()
                .map(result -> text(result.key()) + "=" + text(result.value()))
                .toList();
    }

    private void reports(String why) {
        await().untilAsserted(() ->
                assertThat(warnings.lines()).anySatisfy(line -> assertThat(line).contains(why)));
    }

    private double changes(String result) throws Exception {
        return Scrape.of(wadi).sum("wadi_streams_changes_total", "result", result);
    }

    private List<ConsumerRecord<byte[], byte[]>> results() {
        return KafkaProbe.readAll(name + ".out");
    }

    private Map<String, Long> last() {
        Map<String, Long> last = new TreeMap<>();
        results().forEach(result -> last.put(text(result.key()), count(result)));
        return last;
    }

    private static long count(ConsumerRecord<byte[], byte[]> result) {
        return Long.parseLong(text(result.value()).replaceFirst(".* ", ""));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
