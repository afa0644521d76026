package io.wadi.bench.siege;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileKindsTest {
    private static final Target TARGET = new Target(1, true, 2, "topic");

    static List<HostileKind> all() {
        return HostileKinds.ALL;
    }

    private static byte[] shot(String kind, int onConnection) {
        return HostileKind.named(List.of(kind)).get(0).volley().of(new Shot(TARGET, onConnection, onConnection));
    }

    @Test
    void names_areDifferent() {
        assertThat(HostileKinds.ALL).extracting(HostileKind::name).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void eachProtocol_hasKinds(Protocol protocol) {
        assertThat(HostileKinds.ALL).anyMatch(each -> each.protocol() == protocol);
    }

    @ParameterizedTest
    @MethodSource("all")
    void kinds_areBounded_andSendRepeatedly(HostileKind kind) {
        assertThat(kind.connections()).isBetween(1, 5_000);
        assertThat(kind.perSecond()).isPositive();
        assertThat(kind.volley().of(new Shot(TARGET, 0, 0))).hasSizeLessThan(2 << 20);
        kind.volley().of(new Shot(TARGET, 1, 1));
    }

    @Test
    void compressedBodies_areWhatTheyClaim() throws Exception {
        String request = new String(shot("tiny-lines", 0), ISO_8859_1);
        int body = request.indexOf("\r\n\r\n") + 4;

        try (GZIPInputStream lines = new GZIPInputStream(
                new ByteArrayInputStream(request.substring(body).getBytes(ISO_8859_1)))) {
            assertThat(lines.readAllBytes()).hasSize(2 * 524_288).startsWith('1', '\n', '1');
        }
        assertThat(request).contains("Content-Length: " + (request.length() - body));
    }

    /** Otherwise they would be rejected for their compression ratio. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny-cloudevents", "tiny-receipts"})
    void arraysOfTinyValues_areAsLongAsABodyMayBe_andBelowTheCompressionRatio(String kind) throws Exception {
        byte[] request = shot(kind, 0);
        int body = new String(request, ISO_8859_1).indexOf("\r\n\r\n") + 4;

        try (GZIPInputStream array =
                new GZIPInputStream(new ByteArrayInputStream(request, body, request.length - body))) {
            assertThat(array.readAllBytes()).hasSizeBetween(8_388_600, 8 << 20);
        }
        assertThat(request.length - body).isBetween((8 << 20) / 200, 1 << 20);
    }

    @Test
    void tinyRecords_areAsManyAsARequestMayHave_andBelowTheCompressionRatio() throws Exception {
        byte[] request = shot("tiny-records", 0);
        int body = new String(request, ISO_8859_1).indexOf("\r\n\r\n") + 4;

        byte[] records;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(request, body, request.length - body))) {
            records = in.readAllBytes();
        }
        String text = new String(records, ISO_8859_1);
        assertThat(text).startsWith("{\"records\":[{\"value\":1},").endsWith("}]}");
        assertThat(text.split("value", -1)).hasSize(100_001);
        assertThat(request.length - body).isGreaterThan(records.length / 200);
    }

    @Test
    void numbersOfSendings_differ() {
        assertThat(new String(shot("forged-ids", 1), ISO_8859_1)).contains("Idempotency-Key: topic+1+1001");
        assertThat(new String(shot("idempotency-keys", 2), ISO_8859_1)).contains("siege-100", "siege-149");
        assertThat(new String(shot("idempotency-keys-once", 2), ISO_8859_1))
                .contains("POST /events/topic-once", "siege-100", "siege-149");
    }

    @Test
    void http2_canBeDecoded_andStreamsGoOn() throws Exception {
        List<String> requests = new ArrayList<>();
        List<Integer> resets = new ArrayList<>();
        byte[] first = shot("h2-rapid-reset", 0);
        byte[] second = shot("h2-rapid-reset", 1);

        ChannelHandlerContext context = new EmbeddedChannel(new ChannelInboundHandlerAdapter())
                .pipeline()
                .firstContext();
        try (DefaultHttp2FrameReader reader = new DefaultHttp2FrameReader()) {
            Http2FrameAdapter listener = new Http2FrameAdapter() {
                @Override
                public void onHeadersRead(
                        ChannelHandlerContext from, int stream, Http2Headers headers, int padding, boolean end) {
                    requests.add(stream + " " + headers.method() + " " + headers.path());
                }

                @Override
                public void onRstStreamRead(ChannelHandlerContext from, int stream, long error) {
                    resets.add(stream);
                }
            };
            int preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();
            reader.readFrame(
                    context, Unpooled.wrappedBuffer(Arrays.copyOfRange(first, preface, first.length)), listener);
            reader.readFrame(context, Unpooled.wrappedBuffer(second), listener);
        }

        assertThat(requests)
                .hasSize(200)
                .startsWith("1 GET /api/select?color=red&user=siege")
                .last()
                .isEqualTo("399 GET /api/select?color=red&user=siege");
        assertThat(resets).hasSize(200).startsWith(1, 3).endsWith(399);
    }
}
