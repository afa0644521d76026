package io.wadi.management.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.management.access.Sessions.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SessionsTest {
    private final Sessions sessions = new Sessions(Duration.ofHours(1), 400);

    private List<Session> create(String name, int count) {
        List<Session> created = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            created.add(sessions.create(name, "hash"));
        }
        return created;
    }

    private long open(List<Session> created) {
        return created.stream()
                .filter(each -> sessions.find(each.id()).isPresent())
                .count();
    }

    @Test
    void manyLoginsOfOneUser_endItsOldestSessions_andNoSessionOfOthers() {
        Session before = sessions.create("otto", "hash");
        List<Session> flood = create("vera", 1000);
        Session after = sessions.create("otto", "hash");
        flood.addAll(create("vera", 1000));

        assertThat(open(List.of(before, after))).isEqualTo(2);
        assertThat(open(flood)).isEqualTo(100);
        assertThat(open(flood.subList(1900, 2000))).isEqualTo(100);
    }

    @Test
    void sessionsThatEndedWithALogout_doNotCount() {
        Session first = sessions.create("vera", "hash");
        for (int i = 0; i < 1000; i++) {
            sessions.remove(sessions.create("vera", "hash"));
        }

        assertThat(sessions.find(first.id())).contains(first);
    }
}
