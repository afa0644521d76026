package io.wadi.runtime.security;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.wadi.testing.Certificate;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that are decrypted at once, and those beyond a turn in later turns. */
class TlsHandlerTest {
    private static final int MAX_ROUNDS = 10;

    private final Queue<Runnable> later = new ArrayDeque<>();
    private boolean isTurnOver = true;
    private TlsHandler tls;
    private EmbeddedChannel server;
    private EmbeddedChannel client;

    @BeforeEach
    void shakeHands(@TempDir Path directory) throws Exception {
        Certificate certificate = Certificate.make(directory, "first", "EC");
        SSLEngine engine = SslContextBuilder.forServer(certificate.key(), certificate.certificate())
                .sslProvider(SslProvider.JDK)
                .build()
                .newEngine(ByteBufAllocator.DEFAULT);
        tls = new TlsHandler(engine, false, Runnable::run, () -> {});
        tls.divideAmong(new HeadDecoder.Turn() {
            @Override
            public boolean mayGoOn() {
                return !isTurnOver;
            }

            @Override
            public void later(Runnable work) {
                later.add(work);
            }
        });
        SSLEngine ofClient = Certificate.trust(certificate).createSSLEngine();
        ofClient.setUseClientMode(true);
        SslHandler clientTls = new SslHandler(ofClient);
        server = new EmbeddedChannel(tls);
        client = new EmbeddedChannel(clientTls);
        for (int round = 0; round < MAX_ROUNDS; round++) {
            server.writeInbound(sent(client));
            client.writeInbound(sent(server));
        }
        assertThat(tls.handshakeFuture().isSuccess()).isTrue();
        assertThat(clientTls.handshakeFuture().isSuccess()).isTrue();
        assertThat(received()).isEmpty();
    }

    @AfterEach
    void close() {
        client.finishAndReleaseAll();
        server.finishAndReleaseAll();
    }

    /** Returns the encrypted bytes that a side has sent since the last call. */
    private static ByteBuf sent(EmbeddedChannel side) {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf each = side.readOutbound(); each != null; each = side.readOutbound()) {
            all.writeBytes(each);
            each.release();
        }
        return all;
    }

    /** Returns the text that the server has decrypted since the last call. */
    private String received() {
        StringBuilder all = new StringBuilder();
        for (ByteBuf each = server.readInbound(); each != null; each = server.readInbound()) {
            all.append(each.toString(US_ASCII));
            each.release();
        }
        return all.toString();
    }

    /** Returns the records of a text, each with one byte. */
    private ByteBuf records(String text) {
        for (byte each : text.getBytes(US_ASCII)) {
            client.writeOutbound(Unpooled.wrappedBuffer(new byte[] {each}));
        }
        return sent(client);
    }

    @Test
    void recordsBeyondATurn_areDecryptedInLaterTurns() {
        String text = "0123456789".repeat(2 * TlsHandler.RECORDS_PER_CHECK);

        server.writeInbound(records(text));

        StringBuilder all = new StringBuilder(received());
        assertThat(all.length()).isBetween(1, TlsHandler.RECORDS_PER_CHECK);
        while (all.length() < text.length()) {
            assertThat(later).hasSize(1);
            assertThat(tls.heldBytes()).isGreaterThan(text.length() - all.length());
            later.remove().run();
            String more = received();
            assertThat(more.length()).isBetween(1, TlsHandler.RECORDS_PER_CHECK);
            all.append(more);
        }
        assertThat(all.toString()).isEqualTo(text);
        assertThat(later).isEmpty();
        assertThat(tls.heldBytes()).isZero();
    }

    @Test
    void dataThatArrivesWhileRecordsWait_isDecryptedAfterThem() {
        String text = "0123456789".repeat(TlsHandler.RECORDS_PER_CHECK);
        server.writeInbound(records(text));
        server.writeInbound(records("end"));
        isTurnOver = false;

        later.remove().run();

        assertThat(received()).isEqualTo(text + "end");
        assertThat(later).isEmpty();
    }

    @Test
    void fewRecords_areDecryptedAtOnce_evenIfTheTurnIsOver() {
        String text = "0".repeat(TlsHandler.RECORDS_PER_CHECK - 1);

        for (int read = 0; read < 3; read++) {
            server.writeInbound(records(text));
            assertThat(received()).isEqualTo(text);
        }
        assertThat(later).isEmpty();
    }

    @Test
    void recordsOfAClosedConnection_areReleased() {
        ByteBuf records = records("0123456789".repeat(TlsHandler.RECORDS_PER_CHECK));
        server.writeInbound(records);
        received();

        server.close();
        later.remove().run();

        assertThat(received()).isEmpty();
        assertThat(records.refCnt()).isZero();
        assertThat(tls.heldBytes()).isZero();
    }
}
