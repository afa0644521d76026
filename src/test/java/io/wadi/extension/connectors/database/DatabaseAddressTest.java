package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {
    private static final String DRIVER = "org.postgresql";

    private static Connections.Address address(String url) {
        return new Connections.Address(url, "ada", "", Duration.ofSeconds(1));
    }

    /** The driver logs URLs that it cannot parse. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://ada:hun?ter2@db:5432/shop",
                "jdbc:postgresql://ada:hunter2/shop",
                "jdbc:postgresql://db?password=hunter2",
                "jdbc:postgresql://db/a/b?password=hunter2"
            })
    void invalidUrl_isNotLoggedByTheDriver(String url) {
        List<String> logged = new ArrayList<>();
        Handler handler = new StreamHandler() {
            @Override
            public synchronized void publish(LogRecord event) {
                logged.add(event.getMessage());
            }
        };
        Logger.getLogger(DRIVER).addHandler(handler);
        try {
            assertThatThrownBy(() -> address(url)).isInstanceOf(IllegalArgumentException.class);
        } finally {
            Logger.getLogger(DRIVER).removeHandler(handler);
        }
        assertThat(logged).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:mysql://db/shop?password=hunter2, jdbc:mysql://db/shop",
        "jdbc:postgresql://ada:hunter2@db:5432/shop, jdbc:postgresql://…",
        "jdbc:postgresql://ada:/hunter2@db:5432/shop, jdbc:postgresql://…",
        "jdbc:postgresql://ada:hun?ter2@db:5432/shop, jdbc:postgresql://…",
        "jdbc:postgresql://ada:1/hun?ter2@db:5432/shop, jdbc:postgresql://…",
        "jdbc:postgresql://ada:hun/ter2, jdbc:postgresql://…",
        "jdbc:postgresql://db?password=hunter2, jdbc:postgresql://…",
        "jdbc:postgresql://db/a/b?password=hunter2, jdbc:postgresql://…",
        "jdbc:postgresql:ada:hunter2@db/shop, jdbc:postgresql://…",
        "postgres://ada:hunter2@db/shop, //…",
        "localhost/shop, localhost/shop",
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
        assertThat(address("jdbc:postgresql://[::1]:5432/shop?ssl&user=ada@corp&sslrootcert=/etc/ca.pem"))
                .hasToString("postgresql://[::1]:5432/shop");
        assertThat(address("jdbc:postgresql:///shop")).hasToString("postgresql:///shop");
    }
}
