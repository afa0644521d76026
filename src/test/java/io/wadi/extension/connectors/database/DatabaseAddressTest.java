package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseAddressTest {
    private static Connections.Address address(String url) {
        return new Connections.Address(url, "ada", "", Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:mysql://db/shop?password=hunter2, jdbc:mysql://db/shop",
        "jdbc:postgresql://ada:hunter2@db:5432/shop, jdbc:postgresql://…",
        "jdbc:postgresql://ada:/hunter2@db:5432/shop, jdbc:postgresql://…",
        "jdbc:postgresql://db:99999/shop?user=ada&password=hunter2, jdbc:postgresql://db:99999/shop"
    })
    void invalidUrl_isRejected_withoutItsPassword(String url, String shown) {
        assertThatThrownBy(() -> {
                    try (Connections connections = new Connections(address(url))) {
                        connections.inTransaction(each -> null);
                    }
                })
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the database is \"%s\", expected a URL such as jdbc:postgresql://host:5432/name", shown);
    }

    @Test
    void validUrl_isShownWithoutParameters() {
        assertThat(address("jdbc:postgresql://one:5432,two/shop?password=hunter2"))
                .hasToString("postgresql://one:5432,two/shop");
        assertThat(address("jdbc:postgresql:shop")).hasToString("postgresql:shop");
    }
}
