package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.records.Masking;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** However many alerts there are, and however long, an answer with them has a limit. */
class FoundAlertsTest {
    private static final int CHARACTERS = 8000;

    private final AlertRoutes.Found found = new AlertRoutes.Found(Masking.NONE, CHARACTERS);
    private long offset;

    private void take(String key, String state, int length) {
        String json = "{\"state\":\"%s\",\"id\":\"%s\",\"text\":\"%s\"}".formatted(state, key, "x".repeat(length));
        found.take(new ConsumerRecord<>("alerts", 0, offset, key.getBytes(UTF_8), json.getBytes(UTF_8)));
        offset++;
    }

    private List<String> ids(String of) {
        return ((List<?>) found.shown().get(of))
                .stream().map(each -> ((JsonNode) each).path("id").asText()).toList();
    }

    @Test
    void alerts_areShownAndCounted() {
        take("a", "firing", 10);
        take("b", "pending", 10);
        take("a", "resolved", 10);
        take("b", "firing", 10);

        Map<String, Object> shown = found.shown();
        assertThat(shown)
                .containsEntry("count", 1)
                .containsEntry("unreadable", 0L)
                .containsEntry("cut", false);
        assertThat(ids("active")).containsExactly("b");
        assertThat(ids("changes")).containsExactlyInAnyOrder("a", "b", "a", "b");
    }

    @Test
    void alertsThatAreTooLongTogether_areCounted_andThoseForWhichThereIsRoomShown() {
        take("a", "firing", 600);
        take("b", "firing", 600);
        take("c", "firing", 10);

        assertThat(found.shown()).containsEntry("count", 3).containsEntry("cut", true);
        assertThat(ids("active")).containsExactly("a", "c");
        assertThat(ids("changes")).as("the newest").containsExactly("c", "b");
    }

    @Test
    void roomOfAnAlert_isFreeOnceItIsResolved_andTakenOnceHoweverOftenItChanges() {
        for (int i = 0; i < 10; i++) {
            take("a", "firing", 600);
        }
        assertThat(found.shown()).containsEntry("cut", false);
        take("a", "resolved", 10);
        take("b", "firing", 600);

        assertThat(found.shown()).containsEntry("count", 1).containsEntry("cut", false);
        assertThat(ids("active")).containsExactly("b");
    }

    @Test
    void moreAlertsThanAreCounted_areSaidToBeMore() {
        for (int i = 0; i < 20_001; i++) {
            take("alert " + i, "firing", 0);
        }

        assertThat(found.shown()).containsEntry("count", 20_000).containsEntry("cut", true);
    }

    @Test
    void alertWithALongKey_isUnreadable() {
        take("k".repeat(1001), "firing", 0);

        assertThat(found.shown()).containsEntry("count", 0).containsEntry("unreadable", 1L);
    }
}
