package io.wadi.ingest.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitersTest {
    private static final Rate ONE = new Rate(1, 1);

    private final RateLimiters clients = new RateLimiters(100, new ManualTime());

    @Test
    void find_sameClient_keepsItsRemainingTokens() {
        assertThat(clients.find("a", ONE).take()).isZero();
        assertThat(clients.find("a", ONE).take()).isEqualTo(1);
        assertThat(clients.find("b", ONE).take()).isZero();
    }

    @Test
    void find_changedRate_startsANewLimiter() {
        clients.find("a", ONE).take();

        assertThat(clients.find("a", new Rate(2, 2)).take()).isZero();
        assertThat(clients.find("a", new Rate(2, 2)).take()).isZero();
        assertThat(clients.find("a", new Rate(2, 2)).take()).isEqualTo(1);
    }

    @Test
    void find_unlimitedRate_isNotStored() {
        for (int i = 0; i < 1000; i++) {
            assertThat(clients.find("client " + i, Rate.UNLIMITED).take()).isZero();
        }

        assertThat(clients.count()).isZero();
    }

    @Test
    void find_manyClients_isBounded() {
        for (int i = 0; i < 10_000; i++) {
            clients.find("client " + i, ONE);
        }

        assertThat(clients.count()).isBetween(1L, 100L);
    }

    @Test
    void refund_returnsATokenUpToTheBurst() {
        RateLimiter client = clients.find("a", ONE);
        client.take();

        client.refund();
        client.refund();

        assertThat(client.take()).isZero();
        assertThat(client.take()).isEqualTo(1);
    }

    @Test
    void unlimitedRate_isNeitherChargedNorRefunded() {
        RateLimiter.UNLIMITED.charge(Long.MAX_VALUE);
        RateLimiter.UNLIMITED.refund();

        assertThat(RateLimiter.UNLIMITED.take()).isZero();
    }
}
