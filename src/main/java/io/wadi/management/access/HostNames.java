package io.wadi.management.access;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The allowed host names of requests, against DNS rebinding: an attacker can resolve a name of their own site to this
 * machine, and a browser then treats this port as part of that site. IP addresses are always allowed, as they are not
 * resolved. Immutable.
 */
public final class HostNames {
    private final List<String> names;
    private final boolean allowsLocalNames;

    /**
     * Takes the allowed names.
     *
     * @param names such as {@code wadi.example.com}, {@code *.example.com} for all subdomains, or {@code *} for any
     * @param allowsLocalNames whether names without a dot are allowed, such as those of containers, which cannot be
     *     registered
     */
    public HostNames(Collection<String> names, boolean allowsLocalNames) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        this.allowsLocalNames = allowsLocalNames;
    }

    /** Returns whether a value of the header {@code Host}, with or without a port, is allowed. */
    boolean allows(String host) {
        String name =
                host.replaceFirst(":\\d{0,5}$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        boolean isAddress = (name.startsWith("[") && name.endsWith("]"))
                ? NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1))
                : NetUtil.isValidIpV4Address(name);
        return isAddress
                || (allowsLocalNames && name.matches("[a-z0-9_-]+"))
                || names.stream().anyMatch(each -> matches(each, name));
    }

    private static boolean matches(String allowed, String name) {
        return allowed.startsWith("*") ? name.endsWith(allowed.substring(1)) : allowed.equals(name);
    }
}
