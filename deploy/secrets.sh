#!/bin/sh
# Makes the secrets of the compose file, once: files in deploy/secrets, for their owner only, ignored by git and by the
# build. Run again it changes nothing; REDRESS_SECRET must live as long as the data does, so keep a copy elsewhere.
set -eu
umask 077
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
word() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }
key() { head -c "$1" /dev/urandom | base64 | tr -d '\n'; }

if [ -e "$folder/redress.env" ]; then
    echo "The secrets are there already: $folder"
    exit 0
fi
postgres=$(word)
mongodb=$(word)
cat > "$folder/postgres.env" <<END
POSTGRES_USER=redress
POSTGRES_DB=redress
POSTGRES_PASSWORD=$postgres
POSTGRES_INITDB_ARGS=--data-checksums --encoding=UTF8 --locale=C.UTF-8
END
cat > "$folder/mongodb.env" <<END
MONGO_INITDB_ROOT_USERNAME=redress
MONGO_INITDB_ROOT_PASSWORD=$mongodb
MONGODB_MEMBER_KEY=$(key 96)
END
# Written last, and by a rename: where this file is, the others are complete.
cat > "$folder/redress.env.new" <<END
REDRESS_POSTGRES_DSN=postgresql://redress:$postgres@postgres/redress
REDRESS_MONGODB_URI=mongodb://redress:$mongodb@mongodb:27017/?replicaSet=rs0&authSource=admin
REDRESS_SECRET=$(key 32)
END
mv "$folder/redress.env.new" "$folder/redress.env"
echo "Made: $folder (copy REDRESS_SECRET to a safe place)"
