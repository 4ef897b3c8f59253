// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The certificate authority of one fake. Its keys stay in memory. Its certificates are valid by the system's clock instead of
 * the fake's, because clients check them with their own clock.
 */
final class CertificateAuthority {
    private static final Duration BEFORE = Duration.ofDays(1);
    /** Some clients refuse server certificates that are valid for more than 398 days. */
    private static final Duration AFTER = Duration.ofDays(365);

    private static final String NAME = "Agnes testkit, trust in tests only";
    private static final byte[] ECDSA_SHA256 = Der.sequence(Der.objectId("1.2.840.10045.4.3.2"));

    private final KeyPair keys;
    private final Certificate certificate;

    private CertificateAuthority(KeyPair keys, Certificate certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    static CertificateAuthority create() {
        try {
            KeyPair keys = newKeys();
            byte[] extensions = Der.sequence(
                    critical("2.5.29.19", Der.sequence(Der.yes())),
                    critical("2.5.29.15", Der.bits(1, (byte) 0x06)),
                    extension("2.5.29.14", Der.octets(keyId(keys.getPublic()))));
            return new CertificateAuthority(keys, sign(keys, NAME, keys.getPublic(), extensions));
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /** The authority's certificate in PEM. */
    String pem() {
        try {
            String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded());
            return "-----BEGIN CERTIFICATE-----\n" + lines + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw unusable(e);
        }
    }

    /** A TLS context for a server on 127.0.0.1 with these host names. */
    SSLContext server(List<String> hosts) {
        try {
            KeyPair leaf = newKeys();
            byte[] extensions = Der.sequence(
                    critical("2.5.29.19", Der.sequence()),
                    critical("2.5.29.15", Der.bits(7, (byte) 0x80)),
                    extension("2.5.29.37", Der.sequence(Der.objectId("1.3.6.1.5.5.7.3.1"))),
                    extension("2.5.29.14", Der.octets(keyId(leaf.getPublic()))),
                    extension("2.5.29.35", Der.sequence(Der.tagged(0x80, keyId(keys.getPublic())))),
                    extension("2.5.29.17", names(hosts)));
            Certificate signed = sign(keys, "Agnes testkit", leaf.getPublic(), extensions);
            return context(leaf, signed, certificate);
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(e);
        }
    }

    private static SSLContext context(KeyPair leaf, Certificate... chain) throws GeneralSecurityException, IOException {
        char[] inMemory = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, inMemory);
        store.setKeyEntry("server", leaf.getPrivate(), inMemory, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, inMemory);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static byte[] names(List<String> hosts) {
        byte[][] names = new byte[hosts.size() + 1][];
        names[0] = Der.tagged(0x87, new byte[] {127, 0, 0, 1});
        for (int i = 0; i < hosts.size(); i++) {
            names[i + 1] = Der.tagged(0x82, hosts.get(i).getBytes(StandardCharsets.US_ASCII));
        }
        return Der.sequence(names);
    }

    /** @param signer the keys of the authority */
    private static Certificate sign(KeyPair signer, String subject, PublicKey key, byte[] extensions)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        byte[] toSign = Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(127, new SecureRandom()).setBit(126)),
                ECDSA_SHA256,
                name(NAME),
                Der.sequence(Der.time(now.minus(BEFORE)), Der.time(now.plus(AFTER))),
                name(subject),
                key.getEncoded(),
                Der.tagged(0xa3, extensions));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer.getPrivate());
        signature.update(toSign);
        byte[] encoded = Der.sequence(toSign, ECDSA_SHA256, Der.bits(0, signature.sign()));
        return CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.objectId("2.5.4.3"), Der.text(commonName))));
    }

    private static byte[] extension(String id, byte[] value) {
        return Der.sequence(Der.objectId(id), Der.octets(value));
    }

    private static byte[] critical(String id, byte[] value) {
        return Der.sequence(Der.objectId(id), Der.yes(), Der.octets(value));
    }

    private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
    }

    private static IllegalStateException unusable(Exception cause) {
        return new IllegalStateException("This Java platform cannot make certificates on the curve P-256", cause);
    }
}
