package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConnectJsonTest {
    /** The names that {@code ./wadi groups} and the page show. */
    @ParameterizedTest
    @CsvSource({"CLASSIC, Classic", "CONSUMER, Consumer", "SHARE, Share", "STREAMS, Streams"})
    void group_hasKafkasNameOfItsType(GroupType type, String name) {
        GroupListing group = new GroupListing("g", Optional.of(type), "", Optional.of(GroupState.STABLE));

        assertThat(ConnectJson.group(group))
                .hasToString("{\"group\":\"g\",\"type\":\"%s\",\"state\":\"Stable\"}".formatted(name));
    }
}
