/*
db_password = "not-a-real-value"
*/
# db_password = "not-a-real-value"
db_password_secret_name = "shop/db"
token_ttl = 3600
kms_key = "alias/shop"
master_password_rotation = true
tags = { owner = "team" }
