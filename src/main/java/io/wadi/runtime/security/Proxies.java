package io.wadi.runtime.security;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The trusted proxies in front of the ports. Their {@code X-Forwarded-For} headers identify clients. Thread-safe. */
public final class Proxies {
    private static final Pattern NETWORK = Pattern.compile("([0-9A-Fa-f.:]+)(?:/(\\d{1,3}))?");
    /**
     * Maximum number of chained proxies. Further addresses are ignored, since a client can send a header of any length.
     */
    private static final int MAX_PROXIES = 16;
    /** The headers that proxies add to requests (RFC 7239; RFC 9110, section 7.6.3). */
    private static final List<String> FORWARDING = List.of("X-Forwarded-For", "Forwarded", "Via");

    private final List<IpSubnetFilterRule> networks;

    private Proxies(List<IpSubnetFilterRule> networks) {
        this.networks = networks;
    }

    /**
     * Parses addresses and networks, such as {@code 10.0.0.0/8} and {@code fd00::/8}, separated by commas; the text may
     * be empty.
     *
     * @throws IllegalArgumentException if an item is neither an address nor a network
     */
    public static Proxies parse(String text) {
        List<IpSubnetFilterRule> networks = new ArrayList<>();
        for (String item : text.split(",", -1)) {
            if (!text.isBlank()) {
                networks.add(network(item.strip()));
            }
        }
        return new Proxies(List.copyOf(networks));
    }

    private static IpSubnetFilterRule network(String text) {
        Matcher parts = NETWORK.matcher(text);
        InetAddress address = parts.matches() ? NetUtil.createInetAddressFromIpAddressString(parts.group(1)) : null;
        if (address == null) {
            throw new IllegalArgumentException("\"" + text + "\" is not an address or a network such as 10.0.0.0/8");
        }
        int bits = address.getAddress().length * Byte.SIZE;
        int prefix = parts.group(2) == null ? bits : Integer.parseInt(parts.group(2));
        if (prefix > bits) {
            throw new IllegalArgumentException("\"" + text + "\" has a prefix above " + bits);
        }
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    /**
     * Returns whether a request has a header that proxies add, so that another machine may have sent it. Proxies that
     * add no such header are not detected.
     *
     * @param header returns the value of a header; null if it is absent
     */
    public static boolean isForwarded(Function<String, String> header) {
        return FORWARDING.stream().anyMatch(name -> header.apply(name) != null);
    }

    public Peer peer(InetAddress address) {
        return Peer.of(address, isProxy(address));
    }

    private boolean isProxy(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        for (IpSubnetFilterRule network : networks) {
            if (network.matches(socket)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the client of a forwarded request: the last address of the header that is not a trusted proxy. Each proxy
     * appends the address of its client; the addresses before may be forged.
     *
     * @param forwardedFor the header {@code X-Forwarded-For}; null for none
     */
    public InetAddress client(Peer proxy, String forwardedFor) {
        InetAddress client = proxy.client();
        if (forwardedFor == null) {
            return client;
        }
        int end = forwardedFor.length();
        for (int i = 0; i < MAX_PROXIES && end >= 0; i++) {
            int comma = forwardedFor.lastIndexOf(',', end - 1);
            InetAddress address = address(forwardedFor.substring(comma + 1, end).strip());
            if (address == null) {
                return client;
            }
            client = Peer.network(address);
            if (!isProxy(address)) {
                return client;
            }
            end = comma;
        }
        return client;
    }

    /**
     * Parses an address, with or without a port, such as {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711}. It
     * resolves no names.
     *
     * @return null if the text is not an address
     */
    private static InetAddress address(String text) {
        int colon = text.indexOf(':');
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close < 0 ? null : NetUtil.createInetAddressFromIpAddressString(text.substring(1, close));
        }
        boolean isV4WithPort = colon >= 0 && colon == text.lastIndexOf(':');
        return NetUtil.createInetAddressFromIpAddressString(isV4WithPort ? text.substring(0, colon) : text);
    }
}
