#!/bin/sh
# Makes the trust stores beside it with keytool and openssl, as their users do. They are kept, since not every machine
# has a JDK. The key vouches for certificates of tests and for nothing else.
set -eu
cd "$(dirname "$0")"
rm -f ./*.crt ./*.key ./*.pem ./*.p12 ./*.jks ./*.jceks
password=changeit

# Two authorities: EC signs the servers of the tests, RSA is there because readers treat it apart.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj '/CN=ec authority' \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -keyout ec.key -out ec.crt
openssl req -x509 -newkey rsa:2048 -nodes -days 36500 -subj '/C=SE/O=Ümlaut/CN=rsa authority' -utf8 \
  -addext basicConstraints=critical,CA:TRUE -addext 1.2.3.4=ASN1:UTF8String:unknown \
  -addext nameConstraints=permitted\;DNS:example.com -keyout rsa.key -out rsa.crt

# As `openssl s_client -showcerts` and bundles have them: text around, either line ending.
{ echo 'subject=CN = ec authority'; cat ec.crt; echo; sed 's/$/\r/' rsa.crt; } > both.pem
openssl x509 -in ec.crt -trustout -addtrust serverAuth -out trusted.pem

for type in pkcs12:p12 jks:jks jceks:jceks; do
  for alias in ec rsa; do
    keytool -importcert -noprompt -alias $alias -file $alias.crt -storetype "${type%:*}" \
      -keystore "keytool.${type#*:}" -storepass $password
  done
done
for alias in ec rsa; do
  keytool -J-Dkeystore.pkcs12.legacy -importcert -noprompt -alias $alias -file $alias.crt -storetype pkcs12 \
    -keystore keytool-legacy.p12 -storepass $password
done
cat ec.crt rsa.crt > certificates.tmp
openssl pkcs12 -export -nokeys -in certificates.tmp -out openssl.p12 -passout pass:$password
openssl pkcs12 -export -legacy -nokeys -in certificates.tmp -out openssl-legacy.p12 -passout pass:$password
openssl pkcs12 -export -nokeys -in certificates.tmp -out no-password.p12 -passout pass:
openssl pkcs12 -export -nokeys -in certificates.tmp -out umlaut-password.p12 -passout pass:'pässwörd €'
# A key with its chain: Java trusts the first certificate of it.
openssl pkcs12 -export -inkey ec.key -in ec.crt -name own -out own.tmp -passout pass:$password
keytool -importkeystore -srckeystore own.tmp -srcstoretype pkcs12 -srcstorepass $password \
  -destkeystore key-entry.jks -deststoretype jks -deststorepass $password
rm -f ./*.tmp rsa.key
