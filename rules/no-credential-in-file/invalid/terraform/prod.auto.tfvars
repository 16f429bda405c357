region      = "eu-west-1"
db_password = "not-a-real-value" # expect: no-credential-in-file
