// Makes a replica set of one, once; run again, it only sees that there is a primary.
const us = process.env;
const admin = db.getSiblingDB("admin");
admin.auth(us.MONGO_INITDB_ROOT_USERNAME, us.MONGO_INITDB_ROOT_PASSWORD);
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongodb:27017" }] });
}
for (let turn = 0; turn < 120 && !admin.hello().isWritablePrimary; turn++) sleep(250);
if (!admin.hello().isWritablePrimary) throw new Error("The replica set has no primary after 30 seconds.");
print("The replica set has its primary.");
