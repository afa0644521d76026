package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.management.page.PageStubs.Answer;
import io.wadi.testing.Nightly;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The page for sending an event shows its progress to Kafka, HDFS and Elasticsearch. */
class EventProgressPageIT extends SendPageTestSupport {
    @Test
    @Nightly(perChange = {"PageOnPipelineIT#click_isShownInKafkaHdfsAndElasticsearch"})
    void click_isTracedToHdfsAndElasticsearch() {
        click("red");

        awaitStage("kafka", "done", "select-color partition 2 @ offset 41\nacknowledged in ");
        assertThat(stage("sent")).contains("GET /api/select?color=red&user=alice", "to localhost:" + wadi.eventsPort());
        awaitStage("hdfs", "waiting", "waiting for the file");
        awaitStage("elasticsearch", "waiting", "waiting for the document");

        wadi.follow = found(PENDING, INDEXED);
        awaitStage("elasticsearch", "done", "select-color-index / select-color+2+41\nafter ");
        awaitStage("hdfs", "waiting", "visible once published: wadi.landing.roll-interval (now 5 s)");
        assertThat(link("elasticsearch"))
                .isEqualTo("http://localhost:9200/select-color-index/_doc/select-color%2B2%2B41");
        assertThat(document()).contains("\"userName\": \"alice\"", "\"timestamp\": \"2026-04-14T21:34:56.789+0900\"");

        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "/data/select-color/partition=2/select-color+2+0000…40+0000…45.jsonl\nafter ");
        assertThat(stage("hdfs")).contains("offsets 40 to 45");
        assertThat(link("hdfs")).isEqualTo("http://localhost:9870/webhdfs/v1" + FILE + "?op=OPEN");
        assertThat(text(".outcome")).startsWith("arrived in both after ");
        assertThat(announced()).isEqualTo("red by alice: in HDFS after " + after("hdfs"));
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(perChange = {"EventProgressPageIT#rejectedEvent_isShownWithReasonAndDeadLetter_andNotPolledFurther"})
    void polling_endsWhenTheEventHasArrived() {
        wadi.follow = ARRIVED;
        click("green");

        awaitStage("hdfs", "done", "after");
        int requests = wadi.followed.size();
        assertThat(wadi.followed.get(0)).isEqualTo("topic=select-color&partition=2&offset=41");
        await().during(Duration.ofSeconds(1)).until(() -> wadi.followed.size() == requests);
    }

    @Test
    void kafkaDown_isShownAsNotAccepted_withTheRetryTime() {
        wadi.event = KAFKA_DOWN;
        click("yellow");

        awaitStage("kafka", "failed", "not accepted: Kafka does not respond\ntry again in 5 s · status 503");
        assertThat(stage("hdfs")).endsWith("not reached");
        assertThat(stage("elasticsearch")).endsWith("not reached");
        assertThat(text(".outcome")).isEqualTo("not accepted");
        assertThat(announced()).isEqualTo("yellow by alice: not accepted: Kafka does not respond");
        assertThat(wadi.followed).isEmpty();
    }

    @Test
    @Nightly(perChange = {"EventProgressPageIT#kafkaDown_isShownAsNotAccepted_withTheRetryTime"})
    void missingUser_isRejectedWithTheServersMessage() {
        wadi.event = new Answer(400, """
                {"error":"the parameter user is missing"}""");
        browser.run("document.getElementById('user').value = ''");
        click("purple");

        awaitStage("kafka", "failed", "not accepted: the parameter user is missing\nstatus 400");
        assertThat(wadi.received.get(0).address()).isEqualTo("/api/select?color=purple&user=");
    }

    @Test
    void unreadableResponse_isNotShownAsARejection() {
        wadi.allowOrigin = false;
        click("red");

        awaitStage("sent", "failed", "Whether the event was accepted is unknown.");
        assertThat(stage("kafka")).endsWith("no receipt");
        assertThat(text(".outcome")).isEqualTo("no response");
    }

    @Test
    void serverDown_isReportedAtItsStage_andTheOtherStageContinues() {
        wadi.follow = found(HDFS_DOWN, INDEXED);
        click("red");

        awaitStage("hdfs", "trouble", "HDFS does not respond: Connection refused\nstill polling · ");
        awaitStage("elasticsearch", "done", "select-color-index");

        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
    }

    @Test
    void rejectedEvent_isShownWithReasonAndDeadLetter_andNotPolledFurther() {
        wadi.follow = found(
                LANDED,
                "{\"state\":\"rejected\",\"reason\":\"RejectedDocumentException: no date\"}",
                "{\"topic\":\"wadi.dead-letter\",\"partition\":0,\"offset\":3,\"reason\":\"RejectedDocumentException: no date\"}");
        click("red");

        awaitStage(
                "elasticsearch",
                "failed",
                "rejected: RejectedDocumentException: no date\ndead letter: wadi.dead-letter partition 0 @ offset 3");
        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(text(".outcome")).isEqualTo("rejected");
        assertThat(document()).isEqualTo("No document: rejected.");
        int requests = wadi.followed.size();
        await().during(Duration.ofSeconds(1)).until(() -> wadi.followed.size() == requests);
    }

    @Test
    @Nightly(perChange = {"EventProgressPageIT#rejectedEvent_isShownWithReasonAndDeadLetter_andNotPolledFurther"})
    void unconfiguredTarget_isNotAwaited_andExpiredEventsAreReported() {
        wadi.follow = found("{\"state\":\"not-configured\"}", INDEXED);
        click("red");

        awaitStage("hdfs", "idle", "HDFS is not configured for this topic\nwadi.landing.topics");
        await().untilAsserted(() -> assertThat(text(".outcome")).startsWith("arrived after "));
        wadi.follow = found("{\"state\":\"expired\"}", INDEXED);
        click("blue");
        awaitStage("hdfs", "failed", "expired: Kafka deleted the record first");
        assertThat(text(".outcome")).isEqualTo("expired");
    }

    @Test
    @Nightly(perChange = {"EventProgressPageIT#serverDown_isReportedAtItsStage_andTheOtherStageContinues"})
    void failedPolling_isReported_andContinues() {
        wadi.follow = new Answer(500, """
                {"error":"out of threads"}""");
        click("red");

        awaitStage("hdfs", "trouble", "Request to Wadi failed: out of threads");
        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
    }

    @Test
    @Nightly(because = "needs a page whose clock is a minute ahead")
    void eventNotFoundAfterAMinute_isReported_andPolledSlowly() {
        click("red");
        awaitStage("hdfs", "waiting", "waiting for the file");
        browser.run("""
                const now = performance.now.bind(performance), real = setTimeout;
                window.pauses = [];
                performance.now = () => now() + 61000;
                window.setTimeout = (task, ms) => {
                  pauses.push(ms);
                  return real(task, ms);
                }""");

        awaitStage(
                "hdfs",
                "trouble",
                "not found in HDFS after 60 s; a file becomes visible when it is published: wadi.landing.roll-interval (now 5 s)");
        assertThat(text(".outcome")).isEqualTo("on its way for over 60 s");
        await().until(() -> (Boolean) browser.run("return pauses.length > 0"));
        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(browser.run("return pauses.every(ms => ms === 5000)"))
                .as("only pauses of 5 s from then on")
                .isEqualTo(true);
    }
}
