package io.wadi.runtime.security;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The proxies in front of the ports, whose {@code X-Forwarded-For} says where a request comes from. Thread-safe. */
public final class Proxies {
    private static final Pattern NETWORK = Pattern.compile("([0-9A-Fa-f.:]+)(?:/(\\d{1,3}))?");
    /** More proxies than stand one behind another; a longer list is the sender's own. */
    private static final int MOST = 16;

    private final List<IpSubnetFilterRule> networks;

    private Proxies(List<IpSubnetFilterRule> networks) {
        this.networks = networks;
    }

    /**
     * Reads addresses and networks such as {@code 10.0.0.0/8} and {@code fd00::/8}, separated by commas; none where the text is
     * empty.
     *
     * @throws IllegalArgumentException where one of them is neither: it says which
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
            throw new IllegalArgumentException("\"" + text + "\" is no address or network such as 10.0.0.0/8");
        }
        int bits = address.getAddress().length * Byte.SIZE;
        int prefix = parts.group(2) == null ? bits : Integer.parseInt(parts.group(2));
        if (prefix > bits) {
            throw new IllegalArgumentException("\"" + text + "\" has a prefix above " + bits);
        }
        return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    }

    /** The other end of a connection. */
    public Peer peer(InetAddress address) {
        return Peer.of(address, isProxy(address));
    }

    /** Whether requests from this address come from a proxy. */
    public boolean trusts(InetAddress peer) {
        return isProxy(peer);
    }

    /**
     * The network that a request counts against: the client's address, for IPv6 its network of 64 bits.
     *
     * @param address the other end of the connection
     * @param forwardedFor the header {@code X-Forwarded-For}, used where that is a proxy; null for none
     */
    public InetAddress network(InetAddress address, String forwardedFor) {
        Peer peer = peer(address);
        return peer.proxy() ? client(peer, forwardedFor) : peer.client();
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
     * Where a request comes from that a proxy has passed on: the last address of the header that is not a proxy's own. Each proxy
     * adds at the end what it saw, and what stands before may be the sender's invention.
     *
     * @param forwardedFor the header {@code X-Forwarded-For}; null for none
     */
    public InetAddress client(Peer proxy, String forwardedFor) {
        InetAddress client = proxy.client();
        if (forwardedFor == null) {
            return client;
        }
        int end = forwardedFor.length();
        for (int i = 0; i < MOST && end >= 0; i++) {
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

    /** An address, also as some proxies write it: {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711}. Nothing is looked up. */
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
