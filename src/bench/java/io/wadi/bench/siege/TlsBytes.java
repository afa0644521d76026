package io.wadi.bench.siege;

import io.wadi.bench.siege.HostileKind.Volley;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Bytes of TLS handshakes that are not completed. */
final class TlsBytes {
    private TlsBytes() {}

    /** Returns the same ClientHello each time, which costs the client nothing and the server a key exchange. */
    static Volley clientHello() {
        Supplier<byte[]> once = Payloads.once(TlsBytes::makeClientHello);
        return shot -> once.get();
    }

    private static byte[] makeClientHello() {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 443);
            engine.setUseClientMode(true);
            engine.beginHandshake();
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Arrays.copyOf(hello.array(), hello.position());
        } catch (GeneralSecurityException | SSLException e) {
            throw new IllegalStateException("No ClientHello could be made", e);
        }
    }
}
