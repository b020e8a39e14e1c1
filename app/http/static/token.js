// Where the admin's token is kept: in this tab only, which forgets it when it closes.

export const TOKEN = "namewright-token";
